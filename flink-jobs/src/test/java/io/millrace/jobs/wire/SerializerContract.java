package io.millrace.jobs.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

/** What every serializer of ours must do, on the wire and when state is restored. */
public abstract class SerializerContract<T> {

    /** The type as jobs declare it. */
    protected abstract TypeInformation<T> type();

    /** Values that differ in all that the serializer must tell apart. */
    protected abstract List<T> values();

    protected final TypeSerializer<T> serializer() {
        return type().createSerializer(new SerializerConfigImpl());
    }

    @Test
    void valuesSurviveOneAfterTheOther() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        for (T value : values()) {
            serializer().serialize(value, out);
        }
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        for (T value : values()) {
            assertSame(serializer().deserialize(in), value);
        }
        assertThat(in.available()).isZero();
    }

    @Test
    void aCopyOfTheBytesIsTheValue() throws IOException {
        for (T value : values()) {
            DataOutputSerializer copy = new DataOutputSerializer(64);
            serializer().copy(new DataInputDeserializer(bytes(value)), copy);

            assertSame(read(copy.getCopyOfBuffer()), value);
            assertSame(serializer().copy(value), value);
        }
    }

    @Test
    void bytesThatAreCutShortAreRefused() throws IOException {
        for (T value : values()) {
            byte[] bytes = bytes(value);
            for (int length = 0; length < bytes.length; length++) {
                DataInputDeserializer in = new DataInputDeserializer(Arrays.copyOf(bytes, length));
                assertThatThrownBy(() -> serializer().deserialize(in))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void duplicatesAndSerializedCopiesAreEqual() throws Exception {
        TypeSerializer<T> serializer = serializer();
        // A codec of its own is made on first use; it must not keep the serializer from travelling.
        serializer.serialize(values().get(0), new DataOutputSerializer(64));

        assertThat(serializer.duplicate()).isEqualTo(serializer).hasSameHashCodeAs(serializer);
        assertThat(InstantiationUtil.clone(serializer)).isEqualTo(serializer);
        assertThat(InstantiationUtil.clone(type())).isEqualTo(type());
    }

    /** As a state backend does it: the snapshot is written, read back, and asked. */
    @Test
    protected void aRestoredSnapshotIsCompatibleAndReadsTheValues() throws IOException {
        TypeSerializerSnapshot<T> restored = restored(serializer());

        assertThat(
                        serializer()
                                .snapshotConfiguration()
                                .resolveSchemaCompatibility(restored)
                                .isCompatibleAsIs())
                .isTrue();
        for (T value : values()) {
            DataInputDeserializer in = new DataInputDeserializer(bytes(value));
            assertSame(restored.restoreSerializer().deserialize(in), value);
        }
    }

    protected final byte[] bytes(T value) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer().serialize(value, out);
        return out.getCopyOfBuffer();
    }

    protected final T read(byte[] bytes) throws IOException {
        return serializer().deserialize(new DataInputDeserializer(bytes));
    }

    private static <T> TypeSerializerSnapshot<T> restored(TypeSerializer<T> serializer)
            throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        return TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(out.getCopyOfBuffer()),
                SerializerContract.class.getClassLoader());
    }

    private static <T> void assertSame(T actual, T expected) {
        assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
    }
}
