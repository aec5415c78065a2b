package io.millrace.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.architecture.DeepFm;
import io.millrace.model.architecture.LogisticRegression;
import io.millrace.model.example.Example;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PredictionInputTest {

    private static final DcnV2 EMBEDDINGS = new DcnV2(1, 0, List.of(4), DcnV2.Structure.STACKED);

    private static final long USER = ParameterKey.ofValue(1, 100);
    private static final long GENRE_A = ParameterKey.ofValue(2, 100);
    private static final long GENRE_B = ParameterKey.ofValue(2, 101);
    private static final long TAG_A = ParameterKey.ofValue(3, 100);
    private static final long TAG_B = ParameterKey.ofValue(3, 101);

    private final List<Long> asked = new ArrayList<>();

    @Test
    void usageExample() {
        PredictionInput input = input(EMBEDDINGS);

        input.fill(
                List.of(
                        example(new long[] {GENRE_A, GENRE_B}, TAG_A),
                        example(new long[] {GENRE_A, GENRE_B}, TAG_B)),
                this::writeHash);

        assertThat(asked).containsExactly(USER, GENRE_A, GENRE_B, TAG_A, TAG_B);
        assertThat(Arrays.copyOf(input.rows(), 22))
                .containsExactly(
                        100, 100, 100, 100.5f, 100.5f, 100.5f, 100, 100, 100, 1, 2, //
                        100, 100, 100, 100.5f, 100.5f, 100.5f, 101, 101, 101, 1, 2);
        assertThat(Arrays.copyOf(input.numeric(), 4)).containsExactly(1, 2, 1, 2);
        assertThat(input.size()).isEqualTo(2);
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

        input(EMBEDDINGS)
                .fill(
                        Arrays.stream(lists).map(list -> example(list, TAG_A)).toList(),
                        this::writeHash);

        int distinctRuns = 2 + 2 + 2 + 1 + 2 + 3 + 1;
        assertThat(asked).hasSize(1 + distinctRuns + 1);
    }

    /** To the bit, with embeddings, linear weights or both, and whatever was read before. */
    @ParameterizedTest
    @MethodSource("architectures")
    void whatTheNetworkTakesIsWhatItLearnedFrom(Architecture architecture) {
        ModelSpec spec = TestModel.spec(architecture, new Objective.Click());
        TestParameters parameters = TestParameters.random(spec);
        PredictionInput input = input(architecture);
        for (int round = 0; round < 20; round++) {
            List<Example> examples = new ArrayList<>();
            for (Example example : TestModel.examples(60 - 2 * round, round)) {
                examples.addAll(Collections.nCopies(1 + examples.size() % 3, example));
            }

            input.fill(examples, lookup(parameters));

            MicroBatch batch = MicroBatch.of(examples, parameters.layout(), 1, key -> 0);
            EmbeddingPooling pooling = new EmbeddingPooling(spec);
            FloatBuffer learned = FloatBuffer.allocate(examples.size() * pooling.width());
            pooling.gather(batch, parameters.of(batch), learned);
            assertThat(Arrays.copyOf(input.rows(), learned.capacity())).isEqualTo(learned.array());
            assertThat(Arrays.copyOf(input.numeric(), batch.numeric().length))
                    .isEqualTo(batch.numeric());
        }
    }

    static List<Architecture> architectures() {
        return List.of(EMBEDDINGS, new LogisticRegression(), new DeepFm(List.of(4), 0));
    }

    @Test
    void anExampleOfAnotherModelIsRefused() {
        Example foreign = TestModel.example(new long[][] {{USER}, {GENRE_A}}, 1, 2);

        assertThatThrownBy(() -> input(EMBEDDINGS).fill(List.of(foreign), this::writeHash))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 sparse features and 2 numbers");
    }

    private void writeHash(long key, float[] weights, int at) {
        asked.add(key);
        Arrays.fill(weights, at, at + TestModel.DIMENSION, ParameterKey.hash(key));
    }

    private static WeightLookup lookup(TestParameters parameters) {
        return (key, weights, at) -> {
            float[] row = parameters.row(key);
            System.arraycopy(row, 0, weights, at, row.length);
        };
    }

    private static PredictionInput input(Architecture architecture) {
        ModelSpec spec = TestModel.spec(architecture, new Objective.Click());
        return new PredictionInput(new EmbeddingPooling(spec), new ParameterLayout(spec));
    }

    private static Example example(long[] genres, long tag) {
        return TestModel.example(new long[][] {{USER}, genres, {tag}}, 1, 2);
    }
}
