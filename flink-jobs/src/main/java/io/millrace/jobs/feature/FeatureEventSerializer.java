package io.millrace.jobs.feature;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.model.stream.StreamUpdate;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** {@link FeatureEvent} on the wire, and in state until the watermark has passed it. */
public final class FeatureEventSerializer extends ImmutableSerializer<FeatureEvent> {

    public static final SerializerTypeInfo<FeatureEvent> TYPE =
            SerializerTypeInfo.of(FeatureEvent.class, FeatureEventSerializer::new);

    private static final long serialVersionUID = 1L;
    private static final int FORMAT = 1;

    @Override
    public void serialize(FeatureEvent event, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        StringValue.writeString(event.group(), target);
        StringValue.writeString(event.key(), target);
        target.writeLong(event.time());
        target.writeByte(event.rank());
        StringValue.writeString(event.id(), target);
        target.writeInt(event.part());
        target.writeBoolean(event.update() != null);
        if (event.update() != null) {
            event.update().write(target);
        }
    }

    @Override
    public FeatureEvent deserialize(DataInputView source) throws IOException {
        int format = source.readByte();
        if (format != FORMAT) {
            throw new IOException(
                    "feature event in format "
                            + format
                            + " found, this version reads format "
                            + FORMAT);
        }
        return new FeatureEvent(
                StringValue.readString(source),
                StringValue.readString(source),
                source.readLong(),
                source.readByte(),
                StringValue.readString(source),
                source.readInt(),
                source.readBoolean() ? StreamUpdate.read(source) : null);
    }
}
