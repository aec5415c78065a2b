package io.millrace.jobs.label;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.jobs.wire.WireArrays;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** {@link Clicked} on the wire, and in state while its impression is awaited. */
public final class ClickedSerializer extends ImmutableSerializer<Clicked> {

    public static final SerializerTypeInfo<Clicked> TYPE =
            SerializerTypeInfo.of(Clicked.class, ClickedSerializer::new);

    private static final long serialVersionUID = 1L;
    private static final int FORMAT = 1;

    @Override
    public void serialize(Clicked clicked, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        target.writeUTF(clicked.impressionId());
        target.writeLong(clicked.time());
        OriginWire.write(clicked.origin(), target);
        WireArrays.write(clicked.payload(), target);
    }

    @Override
    public Clicked deserialize(DataInputView source) throws IOException {
        int format = source.readByte();
        if (format != FORMAT) {
            throw new IOException(
                    "click in format " + format + " found, this version reads format " + FORMAT);
        }
        return new Clicked(
                source.readUTF(),
                source.readLong(),
                OriginWire.read(source),
                WireArrays.readBytes(source));
    }
}
