package io.millrace.model.fit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FittedWeightsTest {

    private static final int WIDTH = Planted.DIMENSION;

    private final ParameterLayout layout = new ParameterLayout(Planted.spec(1));
    private final ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), 1 << 20);

    @Test
    void areThoseOfTheTableAtTheirMoment() {
        long[] keys = {ParameterKey.ofValue(2, 100), ParameterKey.ofValue(1, 100)};
        push(keys);
        float[] before = pull(keys);

        FittedWeights first = FittedWeights.copy(layout, table, 1);
        push(keys);
        FittedWeights second = FittedWeights.copy(layout, table, 2);

        assertThat(first.of(keys, 2 * WIDTH)).isEqualTo(before);
        assertThat(second.of(keys, 2 * WIDTH)).isEqualTo(pull(keys)).isNotEqualTo(before);
    }

    @Test
    void aLaterCopyHasWhatDidNotChange() {
        long[] old = {ParameterKey.ofValue(1, 100)};
        long[] recent = {ParameterKey.ofValue(1, 200)};
        push(old);
        var unused = FittedWeights.copy(layout, table, 1);
        push(recent);

        FittedWeights second = FittedWeights.copy(layout, table, 2);

        assertThat(second.of(old, WIDTH)).isEqualTo(pull(old));
        assertThat(second.count()).isEqualTo(layout.dense().size() + 2L * WIDTH);
    }

    @Test
    void aValueThatWasNotLearnedFromHasItsInitialWeights() {
        long key = ParameterKey.ofValue(1, 100);
        float[] initial = new float[WIDTH];
        layout.initialize(key, initial, 0);

        float[] weights = FittedWeights.copy(layout, table, 1).of(new long[] {key}, WIDTH);

        assertThat(weights).isEqualTo(initial).doesNotContain(0f);
    }

    private float[] pull(long[] keys) {
        float[] weights = new float[keys.length * WIDTH];
        var unused = table.pull(keys, 0, keys.length, weights, 0);
        return weights;
    }

    private void push(long[] keys) {
        float[] gradients = new float[keys.length * WIDTH];
        Arrays.fill(gradients, 1f);
        int[] examples = new int[keys.length];
        Arrays.fill(examples, 1);
        table.push(keys, 0, keys.length, examples, gradients, 0, 0, null);
    }
}
