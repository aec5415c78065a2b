package io.millrace.jobs.wire;

import io.millrace.model.example.Example;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** {@link Example} on the wire and in the joiner's state. */
public final class ExampleSerializer extends ImmutableSerializer<Example> {

    public static final SerializerTypeInfo<Example> TYPE =
            SerializerTypeInfo.of(Example.class, ExampleSerializer::new);

    private static final long serialVersionUID = 1L;
    private static final int FORMAT = 1;

    @Override
    public void serialize(Example example, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        WireArrays.write(example.keys(), target);
        WireArrays.write(example.ends(), target);
        WireArrays.write(example.numeric(), target);
        target.writeFloat(example.label());
        target.writeFloat(example.weight());
        target.writeLong(example.eventTime());
    }

    @Override
    public Example deserialize(DataInputView source) throws IOException {
        int format = source.readByte();
        if (format != FORMAT) {
            throw new IOException(
                    "example in format " + format + " found, this version reads format " + FORMAT);
        }
        return new Example(
                WireArrays.readLongs(source),
                WireArrays.readInts(source),
                WireArrays.readFloats(source),
                source.readFloat(),
                source.readFloat(),
                source.readLong());
    }
}
