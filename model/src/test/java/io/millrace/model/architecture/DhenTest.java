package io.millrace.model.architecture;

import static io.millrace.model.architecture.PlainLoops.attend;
import static io.millrace.model.architecture.PlainLoops.layerNorm;
import static io.millrace.model.architecture.PlainLoops.linear;
import static io.millrace.model.architecture.PlainLoops.product;
import static io.millrace.model.architecture.PlainLoops.relu;
import static io.millrace.model.architecture.PlainLoops.sideBySide;
import static io.millrace.model.architecture.PlainLoops.sum;
import static io.millrace.model.architecture.PlainLoops.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.architecture.Dhen.Ensemble;
import io.millrace.model.architecture.Dhen.Interaction;
import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DhenTest {

    private static final int DIMENSION = 5;
    private static final int HEADS = 2;
    private static final PlainExamples EXAMPLES = PlainExamples.random(3, 3, DIMENSION, 1, 1);

    static Stream<Dhen> dhens() {
        List<Dhen> dhens = new ArrayList<>();
        for (Ensemble ensemble : Ensemble.values()) {
            for (Interaction alone : Interaction.values()) {
                dhens.add(dhen(2, List.of(alone), 3, ensemble));
            }
            dhens.add(dhen(1, List.of(Interaction.LINEAR, Interaction.DOT), 4, ensemble));
            dhens.add(dhen(2, List.of(Interaction.values()), 2, ensemble));
            dhens.add(dhen(3, List.of(Interaction.values()), 1, ensemble));
        }
        return dhens.stream();
    }

    @ParameterizedTest
    @MethodSource("dhens")
    void logitsAreTheFormulas(Dhen dhen) {
        PlainTensors tensors = new PlainTensors(dhen.tensors(EXAMPLES.shape()), 2);
        try (NDManager manager = NDManager.newBaseManager()) {
            double[] logits =
                    dhen.logits(EXAMPLES.inputs(manager, null), tensors.arrays(manager))
                            .toDoubleArray();

            assertThat(logits).hasSize(3);
            for (int b = 0; b < logits.length; b++) {
                assertThat(logits[b])
                        .isCloseTo(
                                logit(dhen, EXAMPLES.vectors(b, tensors), tensors), within(1e-8));
            }
        }
    }

    private static double logit(Dhen dhen, double[][] vectors, PlainTensors tensors) {
        double[][] x = vectors;
        for (int n = 0; n < dhen.layers(); n++) {
            String name = "layer." + n;
            List<double[][]> outcomes = new ArrayList<>();
            for (Interaction interaction : dhen.modules()) {
                outcomes.add(interact(interaction, x, name, dhen, tensors));
            }
            double[][] ensemble =
                    dhen.ensemble() == Ensemble.SUM
                            ? outcomes.stream().reduce(PlainLoops::sum).orElseThrow()
                            : outcomes.stream().flatMap(Arrays::stream).toArray(double[][]::new);
            double[][] shortcut =
                    x.length == ensemble.length ? x : map(x, tensors, name + ".shortcut");
            x = layerNorm(sum(ensemble, shortcut), tensors, name + ".norm");
        }
        double[][] deep = relu(linear(sideBySide(x), tensors, "deep.0"));
        return linear(deep, tensors, "output")[0][0];
    }

    private static double[][] interact(
            Interaction interaction, double[][] x, String layer, Dhen dhen, PlainTensors tensors) {
        return switch (interaction) {
            case DOT -> dot(x, layer + ".dot", dhen, tensors);
            case SELF_ATTENTION -> encode(x, layer + ".self-attention", tensors);
            case CONVOLUTION -> convolve(x, layer + ".convolution", tensors);
            case LINEAR -> map(x, tensors, layer + ".linear");
            case CROSS -> cross(x, layer + ".cross", tensors);
        };
    }

    /** l vectors, each a weighted sum of those in x. */
    private static double[][] map(double[][] x, PlainTensors tensors, String name) {
        return product(transpose(tensors.matrix(name + ".vectors")), x);
    }

    private static double[][] dot(double[][] x, String name, Dhen dhen, PlainTensors tensors) {
        List<Double> pairs = new ArrayList<>();
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j <= i; j++) {
                double product = 0;
                for (int d = 0; d < DIMENSION; d++) {
                    product += x[i][d] * x[j][d];
                }
                pairs.add(product);
            }
        }
        double[][] row = {pairs.stream().mapToDouble(Double::doubleValue).toArray()};
        return PlainTensors.rows(linear(row, tensors, name)[0], dhen.vectors());
    }

    private static double[][] cross(double[][] x, String name, PlainTensors tensors) {
        double[] flat = sideBySide(x)[0];
        double[] factors = linear(sideBySide(x), tensors, name)[0];
        double[] crossed = new double[flat.length];
        for (int i = 0; i < flat.length; i++) {
            crossed[i] = flat[i] * factors[i];
        }
        return map(PlainTensors.rows(crossed, x.length), tensors, name);
    }

    private static double[][] convolve(double[][] x, String name, PlainTensors tensors) {
        double[][] kernel = tensors.matrix(name + ".kernel");
        double[][] convolved = new double[x.length][DIMENSION];
        for (int i = 0; i < x.length; i++) {
            for (int d = 0; d < DIMENSION; d++) {
                for (int down = -1; down <= 1; down++) {
                    for (int right = -1; right <= 1; right++) {
                        if (i + down >= 0
                                && i + down < x.length
                                && d + right >= 0
                                && d + right < DIMENSION) {
                            convolved[i][d] += kernel[down + 1][right + 1] * x[i + down][d + right];
                        }
                    }
                }
            }
        }
        return map(convolved, tensors, name);
    }

    private static double[][] encode(double[][] x, String name, PlainTensors tensors) {
        SelfAttention attention = new SelfAttention(name, DIMENSION, HEADS, 3, false, true, 0);
        double[][] seen = product(attend(x, tensors, attention), tensors.matrix(name + ".output"));
        double[][] y = layerNorm(sum(x, seen), tensors, name + ".attention-norm");
        double[][] hidden = relu(linear(y, tensors, name + ".network.0"));
        double[][] changed = linear(hidden, tensors, name + ".network.output");
        return map(layerNorm(sum(y, changed), tensors, name + ".network-norm"), tensors, name);
    }

    /** Vectors (1, 2) and (3, 4): the products are 5, 11 and 25. */
    @Test
    void dotProductsByHand() {
        DotModule dot = new DotModule("dot", 2, 1, 2);
        double[] tensors = {1, 0, 10, 0, 100, 1, 0.5, 0};

        assertThat(applied(dot, tensors, 1, 2, 3, 4))
                .containsExactly(new double[] {5 + 110 + 2500 + 0.5, 25}, within(1e-9));
    }

    /** The kernel's middle row adds up a vector's neighbours, its last row adds the next vector. */
    @Test
    void convolutionByHand() {
        ConvolutionModule convolution = new ConvolutionModule("convolution", 2, 2);
        double[] tensors = {0, 0, 0, 1, 1, 1, 0, 10, 0, 1, 0, 0, 1};

        assertThat(applied(convolution, tensors, 1, 2, 3, 4))
                .containsExactly(new double[] {3 + 30, 3 + 40, 7, 7}, within(1e-9));
    }

    /** Fills the module's tensors with the numbers, one after the other. */
    private static double[] applied(InteractionModule module, double[] tensors, double... x) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDList arrays = new NDList();
            int at = 0;
            for (TensorSpec spec : module.tensors()) {
                arrays.add(
                        manager.create(
                                Arrays.copyOfRange(tensors, at, at + spec.size()),
                                new Shape(spec.dimensions())));
                at += spec.size();
            }
            assertThat(at).isEqualTo(tensors.length);
            return module.apply(
                            manager.create(x, new Shape(1, 2, 2)),
                            arrays.iterator(),
                            EXAMPLES.inputs(manager, null))
                    .toDoubleArray();
        }
    }

    @Test
    void shortcutIsLearnedOnlyWhereTheCountChanges() {
        assertThat(names(dhen(2, List.of(Interaction.LINEAR), 3, Ensemble.SUM)))
                .contains("layer.0.shortcut.vectors")
                .doesNotContain("layer.1.shortcut.vectors");
        assertThat(names(dhen(2, List.of(Interaction.LINEAR), 4, Ensemble.SUM)))
                .doesNotContain("layer.0.shortcut.vectors");
    }

    private static List<String> names(Dhen dhen) {
        return dhen.tensors(EXAMPLES.shape()).stream().map(TensorSpec::name).toList();
    }

    @Test
    void embeddingsAreOfOneDimensionAboveOne() {
        assertThatThrownBy(() -> Dhen.DEFAULT.tensors(InputShapes.of(List.of(8, 4), 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dhen needs embeddings of one dimension");
        assertThatThrownBy(() -> Dhen.DEFAULT.tensors(InputShapes.of(List.of(1, 1), 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("larger dimension");
    }

    @Test
    void everyOptionIsRead() {
        assertThat(
                        read(
                                """
                                type: dhen
                                layers: 3
                                modules: [self-attention, convolution, cross]
                                vectors: 5
                                ensemble: concat
                                heads: 4
                                hidden: [16]
                                dropout: 0.2
                                """))
                .isEqualTo(
                        new Dhen(
                                3,
                                List.of(
                                        Interaction.SELF_ATTENTION,
                                        Interaction.CONVOLUTION,
                                        Interaction.CROSS),
                                5,
                                Ensemble.CONCAT,
                                4,
                                List.of(16),
                                0.2));
        assertThat(read("type: dhen"))
                .isEqualTo(
                        new Dhen(
                                2,
                                List.of(Interaction.DOT, Interaction.LINEAR),
                                8,
                                Ensemble.SUM,
                                2,
                                List.of(64, 32),
                                0));
    }

    @Test
    void optionsMustMakeSense() {
        assertThatThrownBy(() -> read("type: dhen\nmodules: [dot, atention]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pipeline.yaml:2")
                .hasMessageContaining("no module \"atention\"")
                .hasMessageContaining("[dot, self-attention, convolution, linear, cross]");
        assertThatThrownBy(() -> read("type: dhen\nmodules: []"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there are no modules");
        assertThatThrownBy(() -> read("type: dhen\nmodules: [dot, cross, dot]"))
                .hasMessageContaining("twice in [dot, cross, dot]");
        assertThatThrownBy(() -> read("type: dhen\nlayers: 0")).hasMessageContaining("layers is 0");
        assertThatThrownBy(() -> read("type: dhen\nvectors: 0"))
                .hasMessageContaining("vectors of a module is 0");
        assertThatThrownBy(() -> read("type: dhen\nheads: 0")).hasMessageContaining("heads is 0");
        assertThatThrownBy(() -> read("type: dhen\nhidden: [0]"))
                .hasMessageContaining("layer of width 0");
        assertThatThrownBy(() -> read("type: dhen\ndropout: -0.1"))
                .hasMessageContaining("dropout is -0.1");
    }

    private static Dhen dhen(
            int layers, List<Interaction> modules, int vectors, Ensemble ensemble) {
        return new Dhen(layers, modules, vectors, ensemble, HEADS, List.of(6), 0);
    }

    private static Architecture read(String yaml) {
        return Architectures.read(ConfigNode.parse(yaml, "pipeline.yaml"));
    }
}
