package io.millrace.jobs.label;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.label.LabelOutcome.Why;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.jobs.wire.SerializerContract;
import io.millrace.model.example.Example;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Test;

class LabelOutcomeSerializerTest extends SerializerContract<LabelOutcome<Example>> {

    @Override
    protected TypeInformation<LabelOutcome<Example>> type() {
        return LabelOutcomeSerializer.type(new ExampleSerializer());
    }

    @Override
    protected List<LabelOutcome<Example>> values() {
        Example example =
                new Example(new long[] {3, -4}, new int[] {1, 2}, new float[] {0.5f}, 0, -1, 17);
        List<LabelOutcome<Example>> values = new ArrayList<>();
        values.add(new LabelOutcome.Shown<>("日本", example));
        for (Why why : Why.values()) {
            values.add(new LabelOutcome.Labelled<>("a" + why, example, why, 18));
        }
        values.add(new LabelOutcome.Unsampled<>("b", example, Why.REVERSAL, -19));
        return values;
    }

    @Override
    protected void aRestoredSnapshotIsCompatibleAndReadsTheValues() {
        assertThatThrownBy(() -> serializer().snapshotConfiguration())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void anUnknownKindIsRefused() {
        assertThatThrownBy(() -> read(new byte[] {9}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("kind of label outcome: 9");
    }
}
