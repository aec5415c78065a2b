package io.millrace.jobs.label;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.source.Origin;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.jobs.wire.SerializerContract;
import io.millrace.model.example.Example;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Test;

class LabelEventSerializerTest extends SerializerContract<LabelEvent<Example>> {

    @Override
    protected TypeInformation<LabelEvent<Example>> type() {
        return LabelEventSerializer.type(new ExampleSerializer());
    }

    @Override
    protected List<LabelEvent<Example>> values() {
        Example example =
                new Example(new long[] {3, -4}, new int[] {1, 2}, new float[] {0.5f}, 0, 1, 17);
        Clicked click = new Clicked("a", 18, new Origin("clicks", 1, 2, 3), new byte[] {4});
        return List.of(
                new LabelEvent.Impressed<>("a", example),
                new LabelEvent.OfClick<>(click),
                new LabelEvent.Impressed<>(
                        "b",
                        example,
                        new Received(new Origin("impressions", 1, 2, 3), new byte[9])),
                new LabelEvent.Impressed<>("日本", example));
    }

    @Override
    protected void aRestoredSnapshotIsCompatibleAndReadsTheValues() {
        assertThatThrownBy(() -> serializer().snapshotConfiguration())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void anUnknownKindIsRefused() {
        assertThatThrownBy(() -> read(new byte[] {3}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("kind of label event: 3");
    }
}
