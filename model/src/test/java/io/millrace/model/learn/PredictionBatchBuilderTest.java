package io.millrace.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.architecture.DcnV2;
import io.millrace.model.example.Example;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PredictionBatchBuilderTest {

    private static final ParameterLayout LAYOUT =
            new ParameterLayout(
                    TestModel.spec(
                            new DcnV2(1, 0, List.of(4), DcnV2.Structure.STACKED),
                            new Objective.Click()));

    private static final long USER = ParameterKey.ofValue(1, 100);
    private static final long GENRE_A = ParameterKey.ofValue(2, 100);
    private static final long GENRE_B = ParameterKey.ofValue(2, 101);
    private static final long TAG_A = ParameterKey.ofValue(3, 100);
    private static final long TAG_B = ParameterKey.ofValue(3, 101);

    @Test
    void usageExample() {
        MicroBatch batch =
                build(
                        example(new long[] {GENRE_A, GENRE_B}, TAG_A),
                        example(new long[] {GENRE_A, GENRE_B}, TAG_B),
                        example(new long[] {GENRE_A, GENRE_B}, TAG_B));

        assertThat(batch.keys()).containsExactly(USER, GENRE_A, GENRE_B, TAG_A, TAG_B);
        assertThat(batch.occurrences()).containsExactly(0, 1, 2, 3, 0, 1, 2, 4, 0, 1, 2, 4);
        assertThat(batch.ends()).containsExactly(1, 3, 4, 5, 7, 8, 9, 11, 12);
        assertThat(batch.weightsAt()).containsExactly(0, 3, 6, 9, 12, 15);
        assertThat(batch.numeric()).containsExactly(1, 2, 1, 2, 1, 2);
    }

    @Test
    void aListThatDiffersIsReadAnew() {
        long[][] lists = {
            {GENRE_A, GENRE_B},
            {GENRE_A, GENRE_A},
            {GENRE_B, GENRE_A},
            {GENRE_B},
            {GENRE_B, GENRE_B},
            {GENRE_B, GENRE_B, GENRE_A},
            {GENRE_B, GENRE_B, GENRE_A},
            {GENRE_A}
        };
        MicroBatch batch =
                build(
                        Arrays.stream(lists)
                                .map(list -> example(list, TAG_A))
                                .toArray(Example[]::new));

        int distinctRuns = 2 + 2 + 2 + 1 + 2 + 3 + 1;
        assertThat(batch.keys()).hasSize(1 + distinctRuns + 1);
    }

    @Test
    void everyOccurrenceIsOfTheExamplesKey() {
        List<Example> examples = new ArrayList<>();
        for (Example example : TestModel.examples(500, 6)) {
            examples.addAll(Collections.nCopies(1 + examples.size() % 3, example));
        }

        MicroBatch batch = new PredictionBatchBuilder(LAYOUT).build(examples);

        int from = 0;
        for (int b = 0; b < examples.size(); b++) {
            int end = from;
            for (int f = 0; f < 3; f++) {
                assertThat(batch.ends()[3 * b + f]).isEqualTo(from + examples.get(b).ends()[f]);
                end = batch.ends()[3 * b + f];
            }
            long[] keys =
                    Arrays.stream(batch.occurrences(), from, end)
                            .mapToLong(occurrence -> batch.keys()[occurrence])
                            .toArray();
            assertThat(keys).isEqualTo(examples.get(b).keys());
            from = end;
        }
        assertThat(batch.occurrences()).hasSize(from);
    }

    @Test
    void anExampleOfAnotherModelIsRefused() {
        Example foreign = TestModel.example(new long[][] {{USER}, {GENRE_A}}, 1, 2);

        assertThatThrownBy(() -> build(foreign))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 sparse features and 2 numbers");
    }

    private static MicroBatch build(Example... examples) {
        return new PredictionBatchBuilder(LAYOUT).build(List.of(examples));
    }

    private static Example example(long[] genres, long tag) {
        return TestModel.example(new long[][] {{USER}, genres, {tag}}, 1, 2);
    }
}
