package io.millrace.jobs.wire;

import java.io.IOException;
import java.util.Objects;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * The serializer of a type whose values are never changed once made, so that copying is free.
 * Subclasses have a public nullary constructor and write a format version first where values rest
 * in state.
 */
public abstract class ImmutableSerializer<T> extends TypeSerializer<T> {

    private static final long serialVersionUID = 1L;

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public T copy(T from, T reuse) {
        return from;
    }

    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    @SuppressWarnings("NullAway") // Flink asks for an instance to reuse; there is none to reuse.
    public T createInstance() {
        return null;
    }

    /** Subclasses with buffers of their own return a new instance. */
    @Override
    public TypeSerializer<T> duplicate() {
        return this;
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        return new Snapshot<>(this);
    }

    @Override
    @SuppressWarnings("EqualsGetClass") // a subclass writes something else
    public boolean equals(@Nullable Object other) {
        return other != null && getClass() == other.getClass();
    }

    @Override
    public int hashCode() {
        return getClass().hashCode();
    }

    /** Names the serializer's class; the format version inside a value tells the rest. */
    public static final class Snapshot<T> implements TypeSerializerSnapshot<T> {

        private static final int FORMAT = 1;

        private @Nullable TypeSerializer<T> serializer;

        /** For restoring; {@link #readSnapshot} follows. */
        public Snapshot() {}

        Snapshot(TypeSerializer<T> serializer) {
            this.serializer = serializer;
        }

        @Override
        public int getCurrentVersion() {
            return FORMAT;
        }

        @Override
        public void writeSnapshot(DataOutputView target) throws IOException {
            target.writeUTF(restoreSerializer().getClass().getName());
        }

        @Override
        @SuppressWarnings("unchecked")
        public void readSnapshot(int format, DataInputView source, ClassLoader classes)
                throws IOException {
            String name = source.readUTF();
            try {
                serializer =
                        Class.forName(name, true, classes)
                                .asSubclass(TypeSerializer.class)
                                .getDeclaredConstructor()
                                .newInstance();
            } catch (ReflectiveOperationException | ClassCastException e) {
                throw new IOException("state names the serializer " + name + ", not known here", e);
            }
        }

        @Override
        public TypeSerializer<T> restoreSerializer() {
            return Objects.requireNonNull(serializer, "readSnapshot comes first");
        }

        @Override
        public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
                TypeSerializerSnapshot<T> old) {
            return old instanceof Snapshot<T> snapshot
                            && snapshot.restoreSerializer().equals(restoreSerializer())
                    ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                    : TypeSerializerSchemaCompatibility.incompatible();
        }
    }
}
