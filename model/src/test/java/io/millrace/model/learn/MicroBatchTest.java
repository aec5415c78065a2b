package io.millrace.model.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class MicroBatchTest {

    /** 11 inputs: a hidden layer of 100 needs 1,200 weights and so, with the output, two blocks. */
    private static final ModelSpec SPEC =
            TestModel.spec(
                    new DcnV2(0, 0, List.of(100), DcnV2.Structure.STACKED), new Objective.Click());

    private static final ParameterLayout LAYOUT = new ParameterLayout(SPEC);

    private static final long USER_A = ParameterKey.ofValue(1, 100);
    private static final long USER_B = ParameterKey.ofValue(1, 101);
    private static final long GENRE_A = ParameterKey.ofValue(2, 100);
    private static final long GENRE_B = ParameterKey.ofValue(2, 101);
    private static final long TAG = ParameterKey.ofValue(3, 100);
    private static final long BLOCK_0 = ParameterKey.ofDenseBlock(0);
    private static final long BLOCK_1 = ParameterKey.ofDenseBlock(1);

    private static final List<Example> EXAMPLES =
            List.of(
                    example(30, 1, 0.5f, USER_B, GENRE_B, GENRE_A, GENRE_B, TAG),
                    example(50, 0, 2, USER_A, GENRE_A, TAG),
                    example(40, 1, 1, USER_B, GENRE_A, TAG, TAG));

    @Test
    void usageExample() {
        MicroBatch batch = MicroBatch.of(EXAMPLES, LAYOUT, 1, key -> 0);

        assertThat(batch.size()).isEqualTo(3);
        assertThat(batch.keys())
                .containsExactly(USER_B, GENRE_B, GENRE_A, TAG, USER_A, BLOCK_0, BLOCK_1);
        assertThat(batch.examplesByKey()).containsExactly(2, 1, 3, 3, 1, 3, 3);
        assertThat(batch.weightsAt())
                .containsExactly(
                        0, 3, 6, 9, 12, 15, 15 + DenseLayout.BLOCK, 15 + 2 * DenseLayout.BLOCK);
        assertThat(batch.weightCount()).isEqualTo(15 + 2 * DenseLayout.BLOCK);
        assertThat(batch.labels()).containsExactly(1, 0, 1);
        assertThat(batch.importances()).containsExactly(0.5f, 2, 1);
        assertThat(batch.maxEventTime()).isEqualTo(50);
    }

    @Test
    void keysAreGroupedByShardInOrderOfOccurrence() {
        Set<Long> second = Set.of(GENRE_B, USER_A, BLOCK_0);
        MicroBatch batch = MicroBatch.of(EXAMPLES, LAYOUT, 3, key -> second.contains(key) ? 1 : 2);

        assertThat(batch.keys())
                .containsExactly(GENRE_B, USER_A, BLOCK_0, USER_B, GENRE_A, TAG, BLOCK_1);
        assertThat(batch.examplesByKey()).containsExactly(1, 1, 3, 2, 3, 3, 3);
        assertThat(batch.weightsAt()).startsWith(0, 3, 6, 6 + DenseLayout.BLOCK);
        assertThat(new int[] {batch.keysFrom(0), batch.keysTo(0)}).containsExactly(0, 0);
        assertThat(new int[] {batch.keysFrom(1), batch.keysTo(1)}).containsExactly(0, 3);
        assertThat(new int[] {batch.keysFrom(2), batch.keysTo(2)}).containsExactly(3, 7);
    }

    @Test
    void aReusedBuilderRemembersNothing() {
        MicroBatchBuilder builder = new MicroBatchBuilder(LAYOUT, 4, key -> (int) (key & 3));
        for (int round = 0; round < 20; round++) {
            List<Example> examples = TestModel.examples(1 + 200 * (round % 3), round);

            MicroBatch reused = builder.build(examples);
            MicroBatch fresh = MicroBatch.of(examples, LAYOUT, 4, key -> (int) (key & 3));

            assertThat(reused.keys()).isEqualTo(fresh.keys());
            assertThat(reused.examplesByKey()).isEqualTo(fresh.examplesByKey());
            assertThat(reused.occurrences()).isEqualTo(fresh.occurrences());
            assertThat(reused.ends()).isEqualTo(fresh.ends());
        }
    }

    @Test
    void manyKeysKeepTheirPlaces() {
        List<Example> examples =
                LongStream.range(0, 5000)
                        .mapToObj(
                                i ->
                                        example(
                                                i,
                                                0,
                                                1,
                                                ParameterKey.ofValue(1, 1000 + i),
                                                ParameterKey.ofValue(2, 1000 + i % 7),
                                                TAG))
                        .toList();
        MicroBatch batch = MicroBatch.of(examples, LAYOUT, 5, key -> (int) (key % 5));

        Set<Long> distinct = new HashSet<>();
        for (int shard = 0; shard < 5; shard++) {
            for (int i = batch.keysFrom(shard); i < batch.keysTo(shard); i++) {
                assertThat(batch.keys()[i] % 5).isEqualTo(shard);
                distinct.add(batch.keys()[i]);
            }
        }
        assertThat(distinct).hasSize(batch.keys().length).hasSize(5000 + 7 + 1 + 2);
        for (int b = 0; b < examples.size(); b++) {
            for (int k = 0; k < 3; k++) {
                assertThat(batch.keys()[batch.occurrences()[3 * b + k]])
                        .isEqualTo(examples.get(b).keys()[k]);
            }
        }
    }

    @Test
    void aBatchHasAnExample() {
        assertThatThrownBy(() -> MicroBatch.of(List.of(), LAYOUT, 1, key -> 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one example");
    }

    @Test
    void anExampleOfAnotherModelIsRefused() {
        Example foreign = TestModel.example(new long[][] {{USER_A}, {GENRE_A}}, 1, 2);

        assertThatThrownBy(() -> MicroBatch.of(List.of(foreign), LAYOUT, 1, key -> 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 sparse features and 2 numbers")
                .hasMessageContaining("3 and 2");
    }

    @Test
    void moreKeysThanAnArrayHoldsAreRefused() {
        long[] keys = new long[1 << 20];
        Arrays.fill(keys, USER_A);
        Example large = TestModel.example(new long[][] {keys, {GENRE_A}, {TAG}}, 1, 2);
        List<Example> examples = Collections.nCopies(1 << 11, large);

        assertThatThrownBy(() -> MicroBatch.of(examples, LAYOUT, 1, key -> 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 2147483647 keys");
    }

    @Test
    void moreWeightsThanAnArrayHoldsAreRefused() {
        ModelSpec wide =
                TestModel.spec(
                        List.of(new FeatureSpec.Categorical("user", "user", 1 << 20)),
                        new DcnV2(0, 0, List.of(), DcnV2.Structure.STACKED),
                        new Objective.Click());
        ParameterLayout layout = new ParameterLayout(wide);
        List<Example> examples =
                LongStream.range(0, 1 << 11)
                        .mapToObj(i -> new long[][] {{ParameterKey.ofValue(1, 100 + i)}})
                        .map(TestModel::example)
                        .toList();

        assertThatThrownBy(() -> MicroBatch.of(examples, layout, 1, key -> 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 2147483647 weights");
        assertThatThrownBy(
                        () ->
                                new PredictionInput(new EmbeddingPooling(wide), layout)
                                        .fill(examples, (key, weights, at) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 2147483647 weights");
    }

    /** An example whose keys are assigned to features by their slots. */
    private static Example example(long time, float label, float importance, long... keys) {
        int[] ends = new int[3];
        for (long key : keys) {
            for (int f = ParameterKey.slot(key) - 1; f < 3; f++) {
                ends[f]++;
            }
        }
        return new Example(keys, ends, new float[] {1, 2}, label, importance, time);
    }
}
