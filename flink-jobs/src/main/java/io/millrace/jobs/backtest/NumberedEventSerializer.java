package io.millrace.jobs.backtest;

import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.jobs.wire.WireArrays;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** {@link NumberedEvent} on the wire. */
public final class NumberedEventSerializer extends ImmutableSerializer<NumberedEvent> {

    static final SerializerTypeInfo<NumberedEvent> TYPE =
            SerializerTypeInfo.of(NumberedEvent.class, NumberedEventSerializer::new);

    private static final long serialVersionUID = 1L;
    private static final HistoryEvent.Kind[] KINDS = HistoryEvent.Kind.values();

    @Override
    public void serialize(NumberedEvent numbered, DataOutputView target) throws IOException {
        HistoryEvent event = numbered.event();
        target.writeLong(numbered.number());
        target.writeByte(event.kind().ordinal());
        StringValue.writeString(event.origin().topic(), target);
        target.writeInt(event.origin().partition());
        target.writeLong(event.origin().offset());
        target.writeLong(event.origin().arrivalTime());
        target.writeLong(event.time());
        WireArrays.write(event.payload(), target);
    }

    @Override
    public NumberedEvent deserialize(DataInputView source) throws IOException {
        return new NumberedEvent(
                source.readLong(),
                new HistoryEvent(
                        KINDS[source.readByte()],
                        new Origin(
                                StringValue.readString(source),
                                source.readInt(),
                                source.readLong(),
                                source.readLong()),
                        source.readLong(),
                        WireArrays.readBytes(source)));
    }
}
