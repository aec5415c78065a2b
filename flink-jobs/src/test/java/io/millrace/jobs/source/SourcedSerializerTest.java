package io.millrace.jobs.source;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.wire.SerializerContract;
import io.millrace.jobs.wire.SerializerTypeInfo;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.junit.jupiter.api.Test;

class SourcedSerializerTest extends SerializerContract<Sourced<String>> {

    private static final Origin ORIGIN = new Origin("clicks", 1, 2, 3);

    @Override
    @SuppressWarnings("unchecked")
    protected TypeInformation<Sourced<String>> type() {
        return SerializerTypeInfo.of(
                (Class<Sourced<String>>) (Class<?>) Sourced.class,
                () -> new SourcedSerializer<>(StringSerializer.INSTANCE));
    }

    @Override
    protected List<Sourced<String>> values() {
        return List.of(
                new Sourced.Event<>(ORIGIN, 17, "a"),
                new Sourced.Rejected<>(
                        ORIGIN, DeadLetters.of(ORIGIN, new byte[] {1, 2}, "EMPTY", "none", 5)),
                new Sourced.Event<>(ORIGIN, -1, ""));
    }

    /** It only ever travels between source and router. */
    @Test
    @Override
    protected void aRestoredSnapshotIsCompatibleAndReadsTheValues() {
        assertThatThrownBy(() -> serializer().snapshotConfiguration())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("never kept in state");
    }
}
