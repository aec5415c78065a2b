package io.millrace.jobs.label;

import io.millrace.jobs.wire.ImmutableSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.jobs.wire.WireArrays;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** {@link LabelEvent} on the wire. Not for state. */
public final class LabelEventSerializer<E> extends ImmutableSerializer<LabelEvent<E>> {

    private static final long serialVersionUID = 1L;
    private static final int IMPRESSED = 1;
    private static final int CLICK = 2;

    private final TypeSerializer<E> examples;
    private final ClickedSerializer clicks = new ClickedSerializer();

    private LabelEventSerializer(TypeSerializer<E> examples) {
        this.examples = examples;
    }

    /** The type of events whose impressions carry what {@code examples} writes. */
    @SuppressWarnings("unchecked")
    public static <E> TypeInformation<LabelEvent<E>> type(TypeSerializer<E> examples) {
        return SerializerTypeInfo.of(
                (Class<LabelEvent<E>>) (Class<?>) LabelEvent.class,
                () -> new LabelEventSerializer<>(examples));
    }

    @Override
    public TypeSerializer<LabelEvent<E>> duplicate() {
        return new LabelEventSerializer<>(examples.duplicate());
    }

    @Override
    public void serialize(LabelEvent<E> event, DataOutputView target) throws IOException {
        if (event instanceof LabelEvent.Impressed<E> impressed) {
            target.writeByte(IMPRESSED);
            target.writeUTF(impressed.impressionId());
            examples.serialize(impressed.example(), target);
            write(impressed.received(), target);
        } else if (event instanceof LabelEvent.OfClick<E> click) {
            target.writeByte(CLICK);
            clicks.serialize(click.click(), target);
        }
    }

    @Override
    public LabelEvent<E> deserialize(DataInputView source) throws IOException {
        int kind = source.readByte();
        return switch (kind) {
            case IMPRESSED ->
                    new LabelEvent.Impressed<>(
                            source.readUTF(), examples.deserialize(source), read(source));
            case CLICK -> new LabelEvent.OfClick<>(clicks.deserialize(source));
            default -> throw new IOException("unknown kind of label event: " + kind);
        };
    }

    private static void write(@Nullable Received received, DataOutputView target)
            throws IOException {
        target.writeBoolean(received != null);
        if (received != null) {
            OriginWire.write(received.origin(), target);
            WireArrays.write(received.payload(), target);
        }
    }

    private static @Nullable Received read(DataInputView source) throws IOException {
        return source.readBoolean()
                ? new Received(OriginWire.read(source), WireArrays.readBytes(source))
                : null;
    }

    @Override
    public TypeSerializerSnapshot<LabelEvent<E>> snapshotConfiguration() {
        throw new UnsupportedOperationException("label events are never kept in state");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LabelEventSerializer<?> that && examples.equals(that.examples);
    }

    @Override
    public int hashCode() {
        return examples.hashCode();
    }
}
