package io.millrace.jobs.label;

import io.millrace.jobs.label.Kept.Early;
import io.millrace.jobs.label.Kept.Shown;
import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.CompositeTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** {@link Kept} in state. */
final class KeptSerializer<E> extends ImmutableSerializer<Kept<E>> {

    private static final long serialVersionUID = 1L;
    private static final int FORMAT = 1;
    private static final int EARLY = 1;
    private static final int SHOWN = 2;

    private final TypeSerializer<E> examples;
    private final ClickedSerializer clicks = new ClickedSerializer();

    private KeptSerializer(TypeSerializer<E> examples) {
        this.examples = examples;
    }

    /** The type of what is kept of impressions that {@code examples} writes. */
    @SuppressWarnings("unchecked")
    static <E> TypeInformation<Kept<E>> type(TypeSerializer<E> examples) {
        return SerializerTypeInfo.of(
                (Class<Kept<E>>) (Class<?>) Kept.class, () -> new KeptSerializer<>(examples));
    }

    @Override
    public TypeSerializer<Kept<E>> duplicate() {
        return new KeptSerializer<>(examples.duplicate());
    }

    @Override
    public void serialize(Kept<E> kept, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        if (kept instanceof Early<E> early) {
            target.writeByte(EARLY);
            target.writeInt(early.clicks().size());
            for (Clicked clicked : early.clicks()) {
                clicks.serialize(clicked, target);
            }
        } else if (kept instanceof Shown<E> shown) {
            target.writeByte(SHOWN);
            target.writeLong(shown.time());
            target.writeByte(shown.said().code());
            writeNullable(shown.example(), examples, target);
            writeNullable(shown.lateClick(), clicks, target);
        }
    }

    @Override
    public Kept<E> deserialize(DataInputView source) throws IOException {
        int format = source.readByte();
        if (format != FORMAT) {
            throw new IOException(
                    "impression id in format "
                            + format
                            + " found, this version reads format "
                            + FORMAT);
        }
        int kind = source.readByte();
        return switch (kind) {
            case EARLY -> new Early<>(readClicks(source));
            case SHOWN ->
                    new Shown<>(
                            source.readLong(),
                            Said.of(source.readByte()),
                            readNullable(examples, source),
                            readNullable(clicks, source));
            default -> throw new IOException("unknown kind of impression id: " + kind);
        };
    }

    private List<Clicked> readClicks(DataInputView source) throws IOException {
        int count = source.readInt();
        List<Clicked> early = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            early.add(clicks.deserialize(source));
        }
        return early;
    }

    private static <T> void writeNullable(
            @Nullable T value, TypeSerializer<T> serializer, DataOutputView target)
            throws IOException {
        target.writeBoolean(value != null);
        if (value != null) {
            serializer.serialize(value, target);
        }
    }

    private static <T> @Nullable T readNullable(TypeSerializer<T> serializer, DataInputView source)
            throws IOException {
        return source.readBoolean() ? serializer.deserialize(source) : null;
    }

    @Override
    public TypeSerializerSnapshot<Kept<E>> snapshotConfiguration() {
        return new Snapshot<>(this);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeptSerializer<?> that && examples.equals(that.examples);
    }

    @Override
    public int hashCode() {
        return examples.hashCode();
    }

    /** That of the examples; the format version inside a value tells the rest. */
    public static final class Snapshot<E>
            extends CompositeTypeSerializerSnapshot<Kept<E>, KeptSerializer<E>> {

        private static final int FORMAT = 1;

        /** For restoring. */
        public Snapshot() {}

        Snapshot(KeptSerializer<E> serializer) {
            super(serializer);
        }

        @Override
        protected int getCurrentOuterSnapshotVersion() {
            return FORMAT;
        }

        @Override
        protected TypeSerializer<?>[] getNestedSerializers(KeptSerializer<E> outer) {
            return new TypeSerializer<?>[] {outer.examples};
        }

        @Override
        @SuppressWarnings("unchecked")
        protected KeptSerializer<E> createOuterSerializerWithNestedSerializers(
                TypeSerializer<?>[] nested) {
            return new KeptSerializer<>((TypeSerializer<E>) nested[0]);
        }
    }
}
