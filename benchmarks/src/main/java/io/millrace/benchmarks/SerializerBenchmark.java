package io.millrace.benchmarks;

import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.jobs.wire.WireArrays;
import io.millrace.model.example.Example;
import java.io.IOException;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * What crosses the wire between operators: an example of 26 categorical fields and 13 numbers, and
 * the {@value #FLOATS} floats of a shard's reply, or of a push to it.
 */
@SuppressWarnings("NullAway.Init") // set by setUp
public class SerializerBenchmark extends Measured {

    /** The weights of 1024 rows of 16. */
    static final int FLOATS = 16 * 1024;

    private final ExampleSerializer serializer = new ExampleSerializer();
    private final DataOutputSerializer out = new DataOutputSerializer(128 * 1024);
    private final DataInputDeserializer in = new DataInputDeserializer();
    private Example example;
    private byte[] exampleBytes;
    private float[] floats;
    private byte[] floatBytes;
    private byte[] target;

    @Setup
    public void setUp() throws IOException {
        Random random = new Random(7);
        example = Models.example(random);
        exampleBytes = writeExample().getCopyOfBuffer();
        floats = new float[FLOATS];
        for (int i = 0; i < FLOATS; i++) {
            floats[i] = random.nextFloat();
        }
        floatBytes = writeFloats().getCopyOfBuffer();
        target = new byte[floatBytes.length];
    }

    @Benchmark
    @Measures("`System.arraycopy` of an example's bytes")
    public byte[] copyExampleBytes() {
        System.arraycopy(exampleBytes, 0, target, 0, exampleBytes.length);
        return target;
    }

    @Benchmark
    @Measures(value = "an example to its bytes", against = "copyExampleBytes")
    public DataOutputSerializer writeExample() throws IOException {
        out.clear();
        serializer.serialize(example, out);
        return out;
    }

    @Benchmark
    @Measures(value = "an example from its bytes", against = "copyExampleBytes")
    public Example readExample() throws IOException {
        in.setBuffer(exampleBytes);
        return serializer.deserialize(in);
    }

    @Benchmark
    @Measures("`System.arraycopy` of 64 KiB of floats")
    public byte[] copyFloatBytes() {
        System.arraycopy(floatBytes, 0, target, 0, floatBytes.length);
        return target;
    }

    @Benchmark
    @Measures(value = "64 KiB of floats to their bytes", against = "copyFloatBytes")
    public DataOutputSerializer writeFloats() throws IOException {
        out.clear();
        WireArrays.write(floats, out);
        return out;
    }

    @Benchmark
    @Measures("a clone of the array of 64 KiB")
    public byte[] cloneFloatBytes() {
        return floatBytes.clone();
    }

    @Benchmark
    @Measures(value = "64 KiB of floats from their bytes", against = "cloneFloatBytes")
    public float[] readFloats() throws IOException {
        in.setBuffer(floatBytes);
        return WireArrays.readFloats(in);
    }
}
