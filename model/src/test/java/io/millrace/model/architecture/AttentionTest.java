package io.millrace.model.architecture;

import static io.millrace.model.architecture.PlainLoops.attend;
import static io.millrace.model.architecture.PlainLoops.attentionWeights;
import static io.millrace.model.architecture.PlainLoops.layerNorm;
import static io.millrace.model.architecture.PlainLoops.linear;
import static io.millrace.model.architecture.PlainLoops.relu;
import static io.millrace.model.architecture.PlainLoops.sideBySide;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.architecture.SelfAttention.Attended;
import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AttentionTest {

    private static final PlainExamples EXAMPLES = PlainExamples.random(3, 3, 4, 2, 1);

    /** Two vectors of length 1: 1 and 2. Query 1, key ln 3, value 10, residual -5. */
    @Test
    void oneHeadByHand() {
        try (NDManager manager = NDManager.newBaseManager()) {
            Attended attended = attendByHand(manager, null);

            // exp(1 ln 3), exp(2 ln 3) are 3 and 9; exp(2 ln 3), exp(4 ln 3) are 9 and 81.
            assertThat(attended.weights().getShape()).isEqualTo(new Shape(1, 1, 2, 2));
            assertThat(attended.weights().toDoubleArray())
                    .containsExactly(new double[] {0.25, 0.75, 0.1, 0.9}, within(1e-12));
            assertThat(attended.vectors().getShape()).isEqualTo(new Shape(1, 2, 1));
            assertThat(attended.vectors().toDoubleArray())
                    .containsExactly(
                            new double[] {0.25 * 10 + 0.75 * 20 - 5, 0.1 * 10 + 0.9 * 20 - 10},
                            within(1e-12));
        }
    }

    @Test
    void dropoutIsOfTheWeights() {
        try (NDManager manager = NDManager.newBaseManager()) {
            float[] mask =
                    new DropoutMasks(() -> 3)
                            .next(manager, new Shape(1, 1, 2, 2), 0.5)
                            .toFloatArray();
            assertThat(mask).contains(0f, 2f);
            Attended attended = attendByHand(manager, new DropoutMasks(() -> 3));

            assertThat(attended.weights().toDoubleArray())
                    .containsExactly(new double[] {0.25, 0.75, 0.1, 0.9}, within(1e-12));
            assertThat(attended.vectors().toDoubleArray())
                    .containsExactly(
                            new double[] {
                                0.25 * mask[0] * 10 + 0.75 * mask[1] * 20 - 5,
                                0.1 * mask[2] * 10 + 0.9 * mask[3] * 20 - 10
                            },
                            within(1e-12));
        }
    }

    private static Attended attendByHand(NDManager manager, @Nullable DropoutMasks masks) {
        SelfAttention attention = new SelfAttention("a", 1, 1, 1, true, false, 0.5);
        NDList tensors = new NDList();
        for (double weight : new double[] {1, Math.log(3), 10, -5}) {
            tensors.add(manager.create(new double[][] {{weight}}));
        }
        NDArray x = manager.create(new double[] {1, 2}, new Shape(1, 2, 1));
        return attention.apply(x, tensors.iterator(), EXAMPLES.inputs(manager, masks));
    }

    static Stream<AutoInt> autoInts() {
        return Stream.of(
                new AutoInt(1, 1, 3, true, false, false, List.of(), 0),
                new AutoInt(2, 2, 3, true, false, false, List.of(), 0),
                new AutoInt(2, 3, 2, true, false, true, List.of(), 0),
                new AutoInt(2, 2, 3, false, false, false, List.of(), 0),
                new AutoInt(2, 2, 3, true, true, false, List.of(), 0),
                new AutoInt(2, 1, 5, false, true, true, List.of(6, 4), 0),
                new AutoInt(3, 2, 2, true, false, false, List.of(7), 0));
    }

    @ParameterizedTest
    @MethodSource("autoInts")
    void logitsAreTheFormulas(AutoInt autoInt) {
        PlainTensors tensors = new PlainTensors(autoInt.tensors(EXAMPLES.shape()), 2);
        try (NDManager manager = NDManager.newBaseManager()) {
            double[] logits =
                    autoInt.logits(EXAMPLES.inputs(manager, null), tensors.arrays(manager))
                            .toDoubleArray();

            assertThat(logits).hasSize(3);
            for (int b = 0; b < logits.length; b++) {
                assertThat(logits[b])
                        .isCloseTo(
                                logit(autoInt, EXAMPLES.vectors(b, tensors), tensors),
                                within(1e-9));
            }
        }
    }

    private static double logit(AutoInt autoInt, double[][] vectors, PlainTensors tensors) {
        double[][] x = vectors;
        for (int layer = 0; layer < autoInt.layers(); layer++) {
            x = relu(attend(x, tensors, attention(autoInt, layer, x)));
            if (autoInt.layerNorm()) {
                x = layerNorm(x, tensors, "attention." + layer + ".norm");
            }
        }
        double[][] last = sideBySide(x);
        if (!autoInt.hidden().isEmpty()) {
            double[][] deep = sideBySide(vectors);
            for (int layer = 0; layer < autoInt.hidden().size(); layer++) {
                deep = relu(linear(deep, tensors, "deep." + layer));
            }
            last = sideBySide(last, deep);
        }
        return linear(last, tensors, "output")[0][0];
    }

    private static SelfAttention attention(AutoInt autoInt, int layer, double[][] x) {
        return new SelfAttention(
                "attention." + layer,
                x[0].length,
                autoInt.heads(),
                autoInt.attentionDimension(),
                autoInt.residual(),
                autoInt.scale(),
                0);
    }

    @Test
    void attentionIsThatOfEachLayerAndHead() {
        AutoInt autoInt = new AutoInt(2, 3, 2, true, false, false, List.of(4), 0);
        PlainTensors tensors = new PlainTensors(autoInt.tensors(EXAMPLES.shape()), 3);
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray attention =
                    autoInt.attention(EXAMPLES.inputs(manager, null), tensors.arrays(manager));

            assertThat(attention.getShape()).isEqualTo(new Shape(2, 3, 3, 5, 5));
            for (int b = 0; b < 3; b++) {
                double[][] x = EXAMPLES.vectors(b, tensors);
                for (int layer = 0; layer < 2; layer++) {
                    SelfAttention plain = attention(autoInt, layer, x);
                    for (int head = 0; head < 3; head++) {
                        double[][] expected = attentionWeights(x, tensors, plain, head);
                        assertThat(attention.get(layer, b, head).toDoubleArray())
                                .containsExactly(sideBySide(expected)[0], within(1e-9));
                    }
                    x = relu(attend(x, tensors, plain));
                }
            }
        }
    }

    @Test
    void embeddingsAreOfOneDimension() {
        assertThatThrownBy(() -> AutoInt.DEFAULT.tensors(InputShapes.of(List.of(8, 4), 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("autoint needs embeddings of one dimension")
                .hasMessageContaining("[8, 4]");
    }

    @Test
    void everyOptionIsRead() {
        assertThat(
                        read(
                                """
                                type: autoint
                                layers: 2
                                heads: 4
                                attention-dimension: 8
                                residual: false
                                layer-norm: true
                                scale: true
                                hidden: [64, 32]
                                dropout: 0.1
                                """))
                .isEqualTo(new AutoInt(2, 4, 8, false, true, true, List.of(64, 32), 0.1));
        assertThat(read("type: autoint"))
                .isEqualTo(new AutoInt(3, 2, 32, true, false, false, List.of(), 0));
    }

    @Test
    void optionsMustMakeSense() {
        assertThatThrownBy(() -> read("type: autoint\nlayers: 0"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("interacting layers is 0");
        assertThatThrownBy(() -> read("type: autoint\nheads: 0"))
                .hasMessageContaining("heads is 0");
        assertThatThrownBy(() -> read("type: autoint\nattention-dimension: -1"))
                .hasMessageContaining("attention dimension is -1");
        assertThatThrownBy(() -> read("type: autoint\nhidden: [8, 0]"))
                .hasMessageContaining("layer of width 0");
        assertThatThrownBy(() -> read("type: autoint\ndropout: 1"))
                .hasMessageContaining("dropout is 1.0");
        assertThatThrownBy(
                        () ->
                                read(
                                        """
                                        type: autoint
                                        heads: 1
                                        attention-dimension: 1
                                        layer-norm: true
                                        """))
                .hasMessageContaining("vector of length 1");
    }

    private static Architecture read(String yaml) {
        return Architectures.read(ConfigNode.parse(yaml, "pipeline.yaml"));
    }
}
