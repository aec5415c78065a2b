package io.millrace.jobs.feature;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.model.example.Labellable;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/** {@link LabelledDraft} on the wire, and in state until its stream features are known. */
public final class LabelledDraftSerializer<E extends Labellable<E>>
        extends ImmutableSerializer<LabelledDraft<E>> {

    private static final long serialVersionUID = 1L;
    private static final int FORMAT = 1;

    private final TypeSerializer<Draft<E>> drafts;

    private LabelledDraftSerializer(TypeSerializer<Draft<E>> drafts) {
        this.drafts = drafts;
    }

    /** The type of drafts of what {@code examples} writes. */
    @SuppressWarnings("unchecked")
    public static <E extends Labellable<E>> TypeInformation<LabelledDraft<E>> type(
            TypeSerializer<E> examples) {
        return SerializerTypeInfo.of(
                (Class<LabelledDraft<E>>) (Class<?>) LabelledDraft.class,
                () -> new LabelledDraftSerializer<>(DraftSerializer.of(examples)));
    }

    @Override
    public TypeSerializer<LabelledDraft<E>> duplicate() {
        return new LabelledDraftSerializer<>(drafts.duplicate());
    }

    @Override
    public void serialize(LabelledDraft<E> labelled, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        StringValue.writeString(labelled.id(), target);
        drafts.serialize(labelled.draft(), target);
        target.writeInt(labelled.rank());
        target.writeLong(labelled.time());
    }

    @Override
    public LabelledDraft<E> deserialize(DataInputView source) throws IOException {
        int format = source.readByte();
        if (format != FORMAT) {
            throw new IOException(
                    "labelled draft in format "
                            + format
                            + " found, this version reads format "
                            + FORMAT);
        }
        return new LabelledDraft<>(
                StringValue.readString(source),
                drafts.deserialize(source),
                source.readInt(),
                source.readLong());
    }

    @Override
    public TypeSerializerSnapshot<LabelledDraft<E>> snapshotConfiguration() {
        return new Snapshot<>(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LabelledDraftSerializer<?> that && drafts.equals(that.drafts);
    }

    @Override
    public int hashCode() {
        return 31 * drafts.hashCode();
    }

    /** That of the drafts; the format version inside a value tells the rest. */
    public static final class Snapshot<E extends Labellable<E>>
            extends CompositeTypeSerializerSnapshot<LabelledDraft<E>, LabelledDraftSerializer<E>> {

        private static final int FORMAT = 1;

        /** For restoring. */
        public Snapshot() {}

        Snapshot(LabelledDraftSerializer<E> serializer) {
            super(serializer);
        }

        @Override
        protected int getCurrentOuterSnapshotVersion() {
            return FORMAT;
        }

        @Override
        protected TypeSerializer<?>[] getNestedSerializers(LabelledDraftSerializer<E> outer) {
            return new TypeSerializer<?>[] {outer.drafts};
        }

        @Override
        @SuppressWarnings("unchecked")
        protected LabelledDraftSerializer<E> createOuterSerializerWithNestedSerializers(
                TypeSerializer<?>[] nested) {
            return new LabelledDraftSerializer<>((TypeSerializer<Draft<E>>) nested[0]);
        }
    }
}
