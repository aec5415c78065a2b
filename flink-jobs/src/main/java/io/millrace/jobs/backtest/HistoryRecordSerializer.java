package io.millrace.jobs.backtest;

import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.jobs.wire.WireArrays;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** {@link HistoryRecord} on the wire. */
public final class HistoryRecordSerializer extends ImmutableSerializer<HistoryRecord> {

    static final SerializerTypeInfo<HistoryRecord> TYPE =
            SerializerTypeInfo.of(HistoryRecord.class, HistoryRecordSerializer::new);

    private static final long serialVersionUID = 1L;
    private static final int PROFILE = -1;
    private static final HistoryEvent.Kind[] KINDS = HistoryEvent.Kind.values();

    @Override
    public void serialize(HistoryRecord sent, DataOutputView target) throws IOException {
        target.writeLong(sent.place());
        if (sent instanceof NumberedProfile numbered) {
            HistoryProfile profile = numbered.profile();
            target.writeByte(PROFILE);
            StringValue.writeString(profile.table(), target);
            write(profile.origin(), target);
            WireArrays.write(profile.payload(), target);
        } else if (sent instanceof NumberedEvent numbered) {
            HistoryEvent event = numbered.event();
            target.writeByte(event.kind().ordinal());
            target.writeLong(numbered.number());
            write(event.origin(), target);
            target.writeLong(event.time());
            WireArrays.write(event.payload(), target);
        }
    }

    @Override
    public HistoryRecord deserialize(DataInputView source) throws IOException {
        long place = source.readLong();
        int kind = source.readByte();
        if (kind == PROFILE) {
            return new NumberedProfile(
                    place,
                    new HistoryProfile(
                            StringValue.readString(source),
                            readOrigin(source),
                            WireArrays.readBytes(source)));
        }
        return new NumberedEvent(
                place,
                source.readLong(),
                new HistoryEvent(
                        KINDS[kind],
                        readOrigin(source),
                        source.readLong(),
                        WireArrays.readBytes(source)));
    }

    private static void write(Origin origin, DataOutputView target) throws IOException {
        StringValue.writeString(origin.topic(), target);
        target.writeInt(origin.partition());
        target.writeLong(origin.offset());
        target.writeLong(origin.arrivalTime());
    }

    private static Origin readOrigin(DataInputView source) throws IOException {
        return new Origin(
                StringValue.readString(source),
                source.readInt(),
                source.readLong(),
                source.readLong());
    }
}
