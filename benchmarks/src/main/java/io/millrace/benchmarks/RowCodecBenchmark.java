package io.millrace.benchmarks;

import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.RowCodec;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A row to the bytes that state keeps, and back. */
@SuppressWarnings("NullAway.Init") // set by setUp
public class RowCodecBenchmark extends Measured {

    /** An embedding of 16 with AdaGrad, and a dense block with Adam. */
    @Param({"32", "3073"})
    int floats;

    private final RowBuffer row = new RowBuffer();
    private byte[] bytes;
    private byte[] target;
    private ByteBuffer buffer;

    @Setup
    public void setUp() {
        row.over(new float[floats], 0, floats);
        for (int i = 0; i < floats; i++) {
            row.values[i] = i * 0.01f;
        }
        row.examples = 12;
        row.lastEventTime = 1_700_000_000_000L;
        bytes = RowCodec.encode(row);
        target = new byte[bytes.length];
        buffer = ByteBuffer.allocate(bytes.length);
    }

    @Benchmark
    @Measures("`System.arraycopy` of as many bytes")
    public byte[] copyBytes() {
        System.arraycopy(bytes, 0, target, 0, bytes.length);
        return target;
    }

    @Benchmark
    @Measures("a clone of the array of as many bytes")
    public byte[] cloneBytes() {
        return bytes.clone();
    }

    @Benchmark
    @Measures(value = "a row to bytes of its own", against = "cloneBytes")
    public byte[] encode() {
        return RowCodec.encode(row);
    }

    @Benchmark
    @Measures(value = "a row to a buffer", against = "copyBytes")
    public ByteBuffer encodeIntoBuffer() {
        RowCodec.encode(row, buffer.clear());
        return buffer;
    }

    @Benchmark
    @Measures(value = "a row from its bytes", against = "copyBytes")
    public RowBuffer decode() {
        RowCodec.decode(bytes, row);
        return row;
    }
}
