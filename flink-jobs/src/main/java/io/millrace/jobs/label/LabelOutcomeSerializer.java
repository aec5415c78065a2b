package io.millrace.jobs.label;

import io.millrace.jobs.label.LabelOutcome.Labelled;
import io.millrace.jobs.label.LabelOutcome.Shown;
import io.millrace.jobs.label.LabelOutcome.Unsampled;
import io.millrace.jobs.label.LabelOutcome.Why;
import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** {@link LabelOutcome} on the wire. Not for state. */
public final class LabelOutcomeSerializer<E> extends ImmutableSerializer<LabelOutcome<E>> {

    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 1;
    private static final int LABELLED = 2;
    private static final int UNSAMPLED = 3;
    private static final Why[] REASONS = Why.values();

    private final TypeSerializer<E> examples;

    private LabelOutcomeSerializer(TypeSerializer<E> examples) {
        this.examples = examples;
    }

    /** The type of outcomes whose examples {@code examples} writes. */
    @SuppressWarnings("unchecked")
    public static <E> TypeInformation<LabelOutcome<E>> type(TypeSerializer<E> examples) {
        return SerializerTypeInfo.of(
                (Class<LabelOutcome<E>>) (Class<?>) LabelOutcome.class,
                () -> new LabelOutcomeSerializer<>(examples));
    }

    @Override
    public TypeSerializer<LabelOutcome<E>> duplicate() {
        return new LabelOutcomeSerializer<>(examples.duplicate());
    }

    @Override
    public void serialize(LabelOutcome<E> outcome, DataOutputView target) throws IOException {
        if (outcome instanceof Shown<E>) {
            target.writeByte(SHOWN);
        } else if (outcome instanceof Labelled<E> labelled) {
            target.writeByte(LABELLED);
            target.writeByte(labelled.why().ordinal());
            target.writeLong(labelled.time());
        } else if (outcome instanceof Unsampled<E> unsampled) {
            target.writeByte(UNSAMPLED);
            target.writeByte(unsampled.why().ordinal());
            target.writeLong(unsampled.time());
        }
        target.writeUTF(outcome.impressionId());
        examples.serialize(outcome.example(), target);
    }

    @Override
    public LabelOutcome<E> deserialize(DataInputView source) throws IOException {
        int kind = source.readByte();
        if (kind == SHOWN) {
            return new Shown<>(source.readUTF(), examples.deserialize(source));
        }
        if (kind != LABELLED && kind != UNSAMPLED) {
            throw new IOException("unknown kind of label outcome: " + kind);
        }
        Why why = REASONS[source.readByte()];
        long time = source.readLong();
        String id = source.readUTF();
        E example = examples.deserialize(source);
        return kind == LABELLED
                ? new Labelled<>(id, example, why, time)
                : new Unsampled<>(id, example, why, time);
    }

    @Override
    public TypeSerializerSnapshot<LabelOutcome<E>> snapshotConfiguration() {
        throw new UnsupportedOperationException("label outcomes are never kept in state");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LabelOutcomeSerializer<?> that && examples.equals(that.examples);
    }

    @Override
    public int hashCode() {
        return examples.hashCode();
    }
}
