package io.millrace.jobs.feature;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.model.example.Labellable;
import io.millrace.model.stream.StreamKeys;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** {@link Draft} on the wire, and in state while it waits for its label. */
public final class DraftSerializer<E extends Labellable<E>> extends ImmutableSerializer<Draft<E>> {

    private static final long serialVersionUID = 1L;
    private static final int FORMAT = 1;

    private final TypeSerializer<E> examples;

    private DraftSerializer(TypeSerializer<E> examples) {
        this.examples = examples;
    }

    /** That of drafts of what {@code examples} writes. */
    public static <E extends Labellable<E>> DraftSerializer<E> of(TypeSerializer<E> examples) {
        return new DraftSerializer<>(examples);
    }

    @Override
    public TypeSerializer<Draft<E>> duplicate() {
        return new DraftSerializer<>(examples.duplicate());
    }

    @Override
    public void serialize(Draft<E> draft, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        examples.serialize(draft.example(), target);
        draft.keys().write(target);
    }

    @Override
    public Draft<E> deserialize(DataInputView source) throws IOException {
        int format = source.readByte();
        if (format != FORMAT) {
            throw new IOException(
                    "draft of an example in format "
                            + format
                            + " found, this version reads format "
                            + FORMAT);
        }
        return new Draft<>(examples.deserialize(source), StreamKeys.read(source));
    }

    @Override
    public TypeSerializerSnapshot<Draft<E>> snapshotConfiguration() {
        return new Snapshot<>(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DraftSerializer<?> that && examples.equals(that.examples);
    }

    @Override
    public int hashCode() {
        return examples.hashCode();
    }

    /** That of the examples; the format version inside a value tells the rest. */
    public static final class Snapshot<E extends Labellable<E>>
            extends CompositeTypeSerializerSnapshot<Draft<E>, DraftSerializer<E>> {

        private static final int FORMAT = 1;

        /** For restoring. */
        public Snapshot() {}

        Snapshot(DraftSerializer<E> serializer) {
            super(serializer);
        }

        @Override
        protected int getCurrentOuterSnapshotVersion() {
            return FORMAT;
        }

        @Override
        protected TypeSerializer<?>[] getNestedSerializers(DraftSerializer<E> outer) {
            return new TypeSerializer<?>[] {outer.examples};
        }

        @Override
        @SuppressWarnings("unchecked")
        protected DraftSerializer<E> createOuterSerializerWithNestedSerializers(
                TypeSerializer<?>[] nested) {
            return new DraftSerializer<>((TypeSerializer<E>) nested[0]);
        }
    }
}
