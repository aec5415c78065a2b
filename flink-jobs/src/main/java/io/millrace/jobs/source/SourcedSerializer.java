package io.millrace.jobs.source;

import io.millrace.jobs.wire.EventSerializer;
import io.millrace.jobs.wire.ImmutableSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** {@link Sourced} between source and router, should the two not be chained. Not for state. */
final class SourcedSerializer<T> extends ImmutableSerializer<Sourced<T>> {

    private static final long serialVersionUID = 1L;

    private final TypeSerializer<T> values;
    private final EventSerializer.OfDeadLetter letters = new EventSerializer.OfDeadLetter();

    SourcedSerializer(TypeSerializer<T> values) {
        this.values = values;
    }

    @Override
    public TypeSerializer<Sourced<T>> duplicate() {
        return new SourcedSerializer<>(values.duplicate());
    }

    @Override
    public void serialize(Sourced<T> sourced, DataOutputView target) throws IOException {
        Origin origin = sourced.origin();
        target.writeUTF(origin.topic());
        target.writeInt(origin.partition());
        target.writeLong(origin.offset());
        target.writeLong(origin.arrivalTime());
        target.writeBoolean(sourced instanceof Sourced.Event);
        if (sourced instanceof Sourced.Event<T> event) {
            target.writeLong(event.eventTime());
            values.serialize(event.value(), target);
        } else if (sourced instanceof Sourced.Rejected<T> rejected) {
            letters.serialize(rejected.letter(), target);
        }
    }

    @Override
    public Sourced<T> deserialize(DataInputView source) throws IOException {
        Origin origin =
                new Origin(
                        source.readUTF(), source.readInt(), source.readLong(), source.readLong());
        return source.readBoolean()
                ? new Sourced.Event<>(origin, source.readLong(), values.deserialize(source))
                : new Sourced.Rejected<>(origin, letters.deserialize(source));
    }

    @Override
    public TypeSerializerSnapshot<Sourced<T>> snapshotConfiguration() {
        throw new UnsupportedOperationException("sourced events are never kept in state");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SourcedSerializer<?> that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }
}
