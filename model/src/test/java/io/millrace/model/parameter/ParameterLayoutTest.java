package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.architecture.TensorSpec;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterLayoutTest {

    private static final RowOptimizer ADAGRAD = new AdaGrad(0.1, 0, 1e-10);
    private static final RowOptimizer ADAM = new Adam(0.001, 0.9, 0.999, 1e-8);

    /** 1000 zeros, 1200 ones, 300 x 4 drawn: blocks of 1024 end inside each but the first. */
    private static final List<TensorSpec> TENSORS =
            List.of(
                    TensorSpec.bias("bias", 1000),
                    new TensorSpec("scale", List.of(1200), TensorSpec.Initializer.ONES),
                    TensorSpec.matrix("weight", 300, 4));

    @Test
    void usageExample() {
        ParameterLayout layout = Layouts.of(TENSORS, ADAGRAD, ADAM, 1, 8, 16);

        assertThat(layout.slots()).isEqualTo(3);
        assertThat(layout.slot(2)).isEqualTo(new RowLayout(2, 16, ADAGRAD));
        assertThat(layout.slot(2).size()).isEqualTo(32);
        assertThat(layout.of(ParameterKey.ofValue(1, 99)).width()).isEqualTo(8);
        assertThat(layout.width(ParameterKey.ofDenseBlock(0))).isEqualTo(DenseLayout.BLOCK);
        assertThat(layout.slot(ParameterKey.DENSE_SLOT).optimizer()).isEqualTo(ADAM);
    }

    @Test
    void densePartsLieEndToEnd() {
        DenseLayout dense = new DenseLayout(TENSORS);

        assertThat(dense.start(0)).isZero();
        assertThat(dense.start(1)).isEqualTo(1000);
        assertThat(dense.start(2)).isEqualTo(2200);
        assertThat(dense.start(3)).isEqualTo(3400);
        assertThat(dense.size()).isEqualTo(3400);
        assertThat(dense.blocks()).isEqualTo(4);
        assertThat(new DenseLayout(List.of()).blocks()).isZero();
        assertThat(new DenseLayout(List.of(TensorSpec.bias("b", 1024))).blocks()).isEqualTo(1);
        assertThat(new DenseLayout(List.of(TensorSpec.bias("b", 1025))).blocks()).isEqualTo(2);
    }

    @Test
    void denseBlocksStartAsTheirTensorsSay() {
        ParameterLayout layout = Layouts.of(TENSORS, ADAGRAD, ADAM, 1, 8);
        float[] vector = new float[4 * DenseLayout.BLOCK];
        Arrays.fill(vector, Float.NaN);
        for (int block = 0; block < 4; block++) {
            layout.initialize(ParameterKey.ofDenseBlock(block), vector, block * DenseLayout.BLOCK);
        }

        float bound = (float) Math.sqrt(6.0 / 304);
        assertThat(Arrays.copyOfRange(vector, 0, 1000)).containsOnly(0f);
        assertThat(Arrays.copyOfRange(vector, 1000, 2200)).containsOnly(1f);
        float[] weight = Arrays.copyOfRange(vector, 2200, 3400);
        double squares = 0;
        for (float w : weight) {
            assertThat(w).isBetween(-bound, bound);
            squares += w * w;
        }
        assertThat(squares / weight.length)
                .isBetween(0.9 * bound * bound / 3, 1.1 * bound * bound / 3);
        assertThat(Arrays.copyOfRange(vector, 3400, vector.length)).containsOnly(0f);
    }

    @Test
    void embeddingsStartSmallAndByKeyAndSeedOnly() {
        ParameterLayout layout = Layouts.of(TENSORS, ADAGRAD, ADAM, 1, 16);
        ParameterLayout same = Layouts.of(List.of(), ADAM, ADAM, 1, 16, 4);
        ParameterLayout otherSeed = Layouts.of(TENSORS, ADAGRAD, ADAM, 2, 16);
        long key = ParameterKey.ofValue(1, 12345);

        float[] weights = initial(layout, key);
        assertThat(initial(same, key)).isEqualTo(weights);
        assertThat(initial(otherSeed, key)).isNotEqualTo(weights);
        assertThat(initial(layout, ParameterKey.ofValue(1, 12346))).isNotEqualTo(weights);
        for (float w : weights) {
            assertThat(w).isBetween(-0.025f, 0.025f).isNotZero();
        }
    }

    @Test
    void embeddingWeightsAreUniform() {
        ParameterLayout layout = Layouts.of(TENSORS, ADAGRAD, ADAM, 1, 16);
        int[] histogram = new int[10];
        for (int value = 0; value < 1000; value++) {
            for (float w : initial(layout, ParameterKey.ofValue(1, 1000 + value))) {
                histogram[(int) ((w / 0.025 + 1) * 5)]++;
            }
        }
        for (int count : histogram) {
            assertThat(count).isBetween(1450, 1750);
        }
    }

    @Test
    void initializingWritesNothingBesideTheRow() {
        ParameterLayout layout = Layouts.of(TENSORS, ADAGRAD, ADAM, 1, 4);
        float[] weights = new float[8];
        Arrays.fill(weights, 7f);

        layout.initialize(ParameterKey.ofMissing(1), weights, 2);

        assertThat(weights[1]).isEqualTo(7f);
        assertThat(weights[2]).isNotEqualTo(7f);
        assertThat(weights[6]).isEqualTo(7f);
    }

    @Test
    void refusesMoreFeaturesThanAKeyHasSlotsFor() {
        int[] dimensions = new int[ParameterKey.MAX_SLOTS];
        Arrays.fill(dimensions, 1);

        assertThatThrownBy(() -> Layouts.of(TENSORS, ADAGRAD, ADAM, 1, dimensions))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1024 sparse features")
                .hasMessageContaining("room for 1023");
    }

    private static float[] initial(ParameterLayout layout, long key) {
        float[] weights = new float[16];
        layout.initialize(key, weights, 0);
        return weights;
    }

    @Test
    void aNetworkThatNoBufferHoldsIsRefused() {
        int most = Integer.MAX_VALUE / Float.BYTES;

        assertThat(new DenseLayout(List.of(TensorSpec.bias("bias", most))).size()).isEqualTo(most);
        assertThatThrownBy(() -> new DenseLayout(List.of(TensorSpec.bias("bias", most + 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(most + 1 + " weights")
                .hasMessageContaining("narrower");
    }

    @Test
    void aTensorWithoutWeightsIsRefused() {
        assertThatThrownBy(() -> TensorSpec.matrix("wide.weight", 3, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wide.weight")
                .hasMessageContaining("[3, 0]");
    }
}
