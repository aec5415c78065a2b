package io.millrace.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.architecture.DcnV2.Gate;
import io.millrace.model.architecture.DcnV2.Structure;
import io.millrace.model.architecture.FinalNet.Activation;
import io.millrace.model.architecture.FinalNet.Combine;
import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.learn.TorchEngine;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The formulas of the cross networks and of FinalNet, worked out by hand on small inputs. */
final class CrossFamilyTest {

    private static final Offset<Float> CLOSE = within(1e-4f);

    private static final InputShape TWO_NUMBERS = InputShapes.of(List.of(), 2);

    /** Of the examples below, x0 = (1, 2). */
    private static final float[] X0 = {1, 2};

    @Nested
    final class OfDcn {

        // x0^T w_0 = 1, so x_1 = (1, 2) + (.5, .25) + (1, 2); x_1^T w_1 = 2.5, so x_2 = (5, 9.25).
        private final Map<String, float[]> tensors =
                Map.of(
                        "cross.0.weight", floats(3, -1),
                        "cross.0.bias", floats(0.5, 0.25),
                        "cross.1.weight", floats(1, 0),
                        "cross.1.bias", floats(0, 0),
                        "deep.0.weight", floats(1, 1),
                        "deep.0.bias", floats(-1));

        @Test
        void besideTheDeepNetwork() {
            Dcn dcn = new Dcn(2, List.of(1), Structure.PARALLEL, 0);

            assertThat(logit(dcn, and(tensors, "output", floats(1, 1, 10), 0.5)))
                    .isCloseTo(5 + 9.25f + 10 * 2 + 0.5f, CLOSE);
        }

        @Test
        void belowTheDeepNetwork() {
            Dcn dcn = new Dcn(2, List.of(1), Structure.STACKED, 0);

            assertThat(logit(dcn, and(tensors, "output", floats(2), 0.5)))
                    .isCloseTo(2 * (5 + 9.25f - 1) + 0.5f, CLOSE);
        }

        @Test
        void withoutADeepNetwork() {
            Map<String, float[]> cross =
                    Map.of("cross.0.weight", floats(3, -1), "cross.0.bias", floats(0.5, 0.25));
            for (Structure structure : Structure.values()) {
                Dcn dcn = new Dcn(1, List.of(), structure, 0);

                assertThat(logit(dcn, and(cross, "output", floats(1, 10), 0)))
                        .isCloseTo(2.5f + 42.5f, CLOSE);
            }
        }

        @Test
        void options() {
            assertThat(
                            read(
                                    """
                                    type: dcn
                                    cross-layers: 4
                                    hidden: [8]
                                    structure: stacked
                                    dropout: 0.25
                                    """))
                    .isEqualTo(new Dcn(4, List.of(8), Structure.STACKED, 0.25));
            assertThat(read("type: dcn"))
                    .isEqualTo(new Dcn(2, List.of(64, 32), Structure.PARALLEL, 0));
            assertRefused("type: dcn\ncross-layers: -1", "cross layers is -1");
            assertRefused("type: dcn\nhidden: [0]", "layer of width 0");
            assertRefused("type: dcn\ndropout: 1", "dropout is 1.0");
            assertThatThrownBy(() -> Dcn.DEFAULT.tensors(InputShapes.of(List.of(), 0)))
                    .hasMessage("dcn has no input: declare a feature");
        }
    }

    @Nested
    final class OfGdcn {

        // W x + b = (5, 2) + (-1, 1) and the gate is open by (.5, .75), so x_1 = (2, 4.5) + (1, 2).
        private final Map<String, float[]> cross =
                Map.of(
                        "cross.0.weight", floats(1, 0, 2, 1),
                        "cross.0.bias", floats(-1, 1),
                        "cross.0.gate", floats(0, Math.log(3), 0, 0));

        private final Map<String, float[]> deep =
                Map.of("deep.0.weight", floats(1, 1), "deep.0.bias", floats(-1));

        @Test
        void theGateLetsPassAShare() {
            Gdcn gdcn = new Gdcn(1, List.of(), Structure.STACKED, 0);

            assertThat(logit(gdcn, and(cross, "output", floats(1, 2), 0.25)))
                    .isCloseTo(3 + 2 * 6.5f + 0.25f, CLOSE);
        }

        @Test
        void stacked() {
            Gdcn gdcn = new Gdcn(1, List.of(1), Structure.STACKED, 0);

            assertThat(logit(gdcn, and(merged(cross, deep), "output", floats(2), 0.25)))
                    .isCloseTo(2 * (3 + 6.5f - 1) + 0.25f, CLOSE);
        }

        @Test
        void parallel() {
            Gdcn gdcn = new Gdcn(1, List.of(1), Structure.PARALLEL, 0);

            assertThat(logit(gdcn, and(merged(cross, deep), "output", floats(1, 2, 4), 0)))
                    .isCloseTo(3 + 2 * 6.5f + 4 * 2, CLOSE);
        }

        @Test
        void options() {
            assertThat(
                            read(
                                    """
                                    type: gdcn
                                    cross-layers: 1
                                    hidden: [8]
                                    structure: stacked
                                    dropout: 0.25
                                    """))
                    .isEqualTo(new Gdcn(1, List.of(8), Structure.STACKED, 0.25));
            assertThat(read("type: gdcn"))
                    .isEqualTo(new Gdcn(3, List.of(64, 32), Structure.PARALLEL, 0));
            assertRefused("type: gdcn\ncross-layers: -1", "cross layers is -1");
            assertRefused("type: gdcn\nhidden: [0]", "layer of width 0");
            assertRefused("type: gdcn\ndropout: 1", "dropout is 1.0");
        }
    }

    @Nested
    final class OfMixtures {

        // tanh V^T x = (.5, .25) and then tanh C h = (.2, -.4), so U h = (2, 0) and (-2, 2), and
        // E = x0 * (U h + (1, 1)) = (3, 2) and (-1, 6).
        private final Map<String, float[]> tensors =
                Map.of(
                        "cross.0.v", floats(atanh(0.5), 0, 0, atanh(0.25) / 2),
                        "cross.0.c", floats(atanh(0.2) / 0.5, atanh(-0.4) / 0.25),
                        "cross.0.u", floats(10, 0, 5, -5),
                        "cross.0.bias", floats(1, 1),
                        "cross.0.gate", floats(Math.log(3), 0, 0, 0),
                        "output.weight", floats(1, 10),
                        "output.bias", floats(0));

        @Test
        void weighedBySoftmax() {
            // The weights are .75 and .25.
            assertThat(logit(mixture(1, 1, 2, Gate.SOFTMAX), tensors))
                    .isCloseTo((2.25f - 0.25f + 1) + 10 * (1.5f + 1.5f + 2), CLOSE);
        }

        @Test
        void weighedBySigmoid() {
            // The weights are .75 and .5.
            assertThat(logit(mixture(1, 1, 2, Gate.SIGMOID), tensors))
                    .isCloseTo((2.25f - 0.5f + 1) + 10 * (1.5f + 3 + 2), CLOSE);
        }

        @Test
        void expertsAreAddedUpOneByOne() {
            for (Gate gate : Gate.values()) {
                DcnV2 dcn = mixture(2, 2, 3, gate);
                InputShape input = InputShapes.of(List.of(), 4);
                Map<String, float[]> random = new HashMap<>();
                Random numbers = new Random(5);
                for (TensorSpec tensor : dcn.tensors(input)) {
                    random.put(tensor.name(), uniforms(numbers, tensor.size()));
                }
                float[] x = uniforms(numbers, 3 * 4);

                float[] logits = logits(dcn, input, new float[0], x, random);

                for (int b = 0; b < logits.length; b++) {
                    float[] x0 = Arrays.copyOfRange(x, 4 * b, 4 * b + 4);
                    assertThat(logits[b]).isCloseTo((float) reference(dcn, x0, random), CLOSE);
                }
            }
        }

        @Test
        void ofOneExpertIsNone() {
            DcnV2 one = mixture(1, 2, 1, Gate.SIGMOID);

            assertThat(one.tensors(TWO_NUMBERS))
                    .isEqualTo(new DcnV2(1, 2, List.of(), Structure.STACKED).tensors(TWO_NUMBERS));
        }

        @Test
        void options() {
            assertThat(
                            read(
                                    """
                                    type: dcn-v2
                                    rank: 4
                                    experts: 3
                                    gate: sigmoid
                                    dropout: 0.25
                                    """))
                    .isEqualTo(
                            new DcnV2(
                                    2,
                                    4,
                                    3,
                                    Gate.SIGMOID,
                                    List.of(64, 32),
                                    Structure.STACKED,
                                    0.25));
            assertThat(((DcnV2) read("type: dcn-v2")).gate()).isEqualTo(Gate.SOFTMAX);
            assertRefused("type: dcn-v2\nrank: 4\nexperts: 0", "number of experts is 0");
            assertRefused("type: dcn-v2\nexperts: 2", "give a rank of at least 1");
        }

        private DcnV2 mixture(int layers, int rank, int experts, Gate gate) {
            return new DcnV2(layers, rank, experts, gate, List.of(), Structure.STACKED, 0);
        }

        /** The formula, one expert and one number at a time. */
        private double reference(DcnV2 dcn, float[] x0, Map<String, float[]> tensors) {
            int d = x0.length;
            int r = dcn.rank();
            double[] x = doubles(x0);
            for (int layer = 0; layer < dcn.crossLayers(); layer++) {
                String name = "cross." + layer;
                double[] bias = doubles(tensors.get(name + ".bias"));
                double[] gates = gates(dcn, times(x, doubles(tensors.get(name + ".gate"))));
                double[] next = x.clone();
                for (int i = 0; i < dcn.experts(); i++) {
                    double[] inner = tanh(times(x, part(tensors.get(name + ".v"), i, d * r)));
                    inner = tanh(times(inner, part(tensors.get(name + ".c"), i, r * r)));
                    double[] outer = times(inner, part(tensors.get(name + ".u"), i, r * d));
                    for (int k = 0; k < d; k++) {
                        next[k] += gates[i] * x0[k] * (outer[k] + bias[k]);
                    }
                }
                x = next;
            }
            return times(x, doubles(tensors.get("output.weight")))[0]
                    + tensors.get("output.bias")[0];
        }

        private double[] gates(DcnV2 dcn, double[] x) {
            if (dcn.gate() == Gate.SIGMOID) {
                return Arrays.stream(x).map(v -> 1 / (1 + Math.exp(-v))).toArray();
            }
            double sum = Arrays.stream(x).map(Math::exp).sum();
            return Arrays.stream(x).map(v -> Math.exp(v) / sum).toArray();
        }
    }

    @Nested
    final class OfFinalNet {

        // h1 = 3 and h2 = 1 - 3 = -2, so h1 * h2 = -6.
        private final Map<String, float[]> linear =
                Map.of("first.0.weight", floats(1, 3, 1, -1), "first.0.bias", floats(0, -3));

        // Of h1 with these weights, and h2 = 0, only h1 is left.
        private final float[] weights = floats(1, 0, 2, 0, 3, 0, 4, 0, 11, 0, 6, 0, 7, 0, 8, 0);

        @Test
        void sideBySide() {
            FinalNet net = oneLayer(2, Combine.CONCAT, Activation.NONE, false);

            assertThat(logit(net, and(linear, "first.output", floats(1, 10), 0.5)))
                    .isCloseTo(3 + 10 * -6 + 0.5f, CLOSE);
        }

        @Test
        void summed() {
            FinalNet net = oneLayer(1, Combine.SUM, Activation.NONE, false);

            assertThat(logit(net, and(linear, "first.output", floats(2), 0.5)))
                    .isCloseTo(2 * (3 - 6) + 0.5f, CLOSE);
        }

        @Test
        void aNegativeFactorIsCutOffByReLu() {
            FinalNet net = oneLayer(1, Combine.SUM, Activation.RELU, false);

            assertThat(logit(net, and(linear, "first.output", floats(2), 0.5)))
                    .isCloseTo(2 * (3 - 0) + 0.5f, CLOSE);
        }

        @Test
        void layersAreNormalized() {
            FinalNet net = oneLayer(2, Combine.CONCAT, Activation.NONE, true);
            // (3, -6) has mean -1.5 and deviation 4.5.
            Map<String, float[]> norm =
                    Map.of(
                            "first.0.norm.gain", floats(2, 3),
                            "first.0.norm.bias", floats(0, 1));

            assertThat(logit(net, and(merged(linear, norm), "first.output", floats(1, 10), 0.5)))
                    .isCloseTo(2 * 1 + 10 * (3 * -1 + 1) + 0.5f, CLOSE);
        }

        @Test
        void layersAreStacked() {
            FinalNet net =
                    new FinalNet(
                            List.of(2, 1),
                            List.of(),
                            Combine.SUM,
                            Activation.NONE,
                            false,
                            false,
                            0);
            // The first layer's h1 is (1, 2), its h2 is (2, -1), so it makes (3, 0); the second
            // layer's h1 is 3, its h2 is 6.
            Map<String, float[]> tensors =
                    Map.of(
                            "first.0.weight", floats(1, 0, 2, 1, 0, 1, 0, -1),
                            "first.0.bias", floats(0, 0, 0, 0),
                            "first.1.weight", floats(1, 2, 1, 0),
                            "first.1.bias", floats(0, 0));

            assertThat(logit(net, and(tensors, "first.output", floats(1), 0)))
                    .isCloseTo(3 + 3 * 6, CLOSE);
        }

        @Test
        void twoBlocksAreAveraged() {
            FinalNet net =
                    new FinalNet(
                            List.of(2),
                            List.of(2),
                            Combine.CONCAT,
                            Activation.NONE,
                            false,
                            false,
                            0);
            // The second block's h1 is 2, its h2 is 1.
            Map<String, float[]> second =
                    Map.of("second.0.weight", floats(0, 1, 1, 0), "second.0.bias", floats(0, 0));

            Map<String, float[]> tensors =
                    merged(
                            and(linear, "first.output", floats(1, 10), 0.5),
                            and(second, "second.output", floats(1, 2), 0));
            assertThat(logit(net, tensors)).isCloseTo((-56.5f + 6) / 2, CLOSE);
        }

        @Test
        void theGateOfAFieldHearsTheOthers() {
            FinalNet net =
                    new FinalNet(
                            List.of(1), List.of(1), Combine.SUM, Activation.NONE, true, false, 0);
            // gate_0 = 2 and gate_1 = V_0 - 1 = (0, 1).
            Map<String, float[]> gate =
                    Map.of("gate.weight", floats(0, 1, 0, 0), "gate.bias", floats(2, -1));
            Map<String, float[]> first =
                    Map.of("first.0.weight", weights, "first.0.bias", floats(0, 0));
            Map<String, float[]> second =
                    Map.of(
                            "second.0.weight", Arrays.copyOf(weights, 8),
                            "second.0.bias", floats(0, 0));

            Map<String, float[]> tensors =
                    merged(
                            merged(gate, and(first, "first.output", floats(1), 0)),
                            and(second, "second.output", floats(1), 0));
            float[] logits =
                    logits(
                            net,
                            InputShapes.of(List.of(2, 2), 0),
                            floats(1, 2, 3, 4),
                            new float[0],
                            tensors);

            float plain = 1 * 1 + 2 * 2 + 3 * 3 + 4 * 4;
            float gated = 11 * 2 + 6 * 4 + 7 * 0 + 8 * 4;
            assertThat(logits).hasSize(1);
            assertThat(logits[0]).isCloseTo((plain + gated + plain) / 2, CLOSE);
        }

        @Test
        void numbersAreVectorsForTheGate() {
            FinalNet net =
                    new FinalNet(
                            List.of(1), List.of(), Combine.SUM, Activation.NONE, true, false, 0);
            // The number 3 times (.5, 1) is the vector (1.5, 3); the gate lets all pass.
            Map<String, float[]> tensors =
                    Map.of(
                            "numeric.vectors", floats(0.5, 1),
                            "gate.weight", floats(0, 0, 0, 0),
                            "gate.bias", floats(1, 1),
                            "first.0.weight", weights,
                            "first.0.bias", floats(0, 0));

            float[] logits =
                    logits(
                            net,
                            InputShapes.of(List.of(2), 1),
                            floats(1, 2),
                            floats(3),
                            and(tensors, "first.output", floats(1), 0));

            float plain = 1 * 1 + 2 * 2 + 3 * 1.5f + 4 * 3;
            float gated = 11 * 1 + 6 * 2 + 7 * 1.5f + 8 * 3;
            assertThat(logits[0]).isCloseTo(plain + gated, CLOSE);
        }

        @Test
        void embeddingsOfSeveralDimensionsNeedToGoWithoutTheGate() {
            InputShape input = InputShapes.of(List.of(4, 2), 1);
            FinalNet ungated =
                    (FinalNet) read("type: finalnet\nfield-gate: false\nfirst-block: [4]");

            assertThat(ungated.tensors(input).get(0))
                    .isEqualTo(TensorSpec.matrix("first.0.weight", 7, 4));
            assertThatThrownBy(() -> FinalNet.DEFAULT.tensors(input))
                    .hasMessageContaining("finalnet with a field gate")
                    .hasMessageContaining("[4, 2]");
        }

        @Test
        void options() {
            assertThat(
                            read(
                                    """
                                    type: finalnet
                                    first-block: [5, 3]
                                    second-block: []
                                    combine: sum
                                    activation: relu
                                    field-gate: false
                                    layer-norm: false
                                    dropout: 0.25
                                    """))
                    .isEqualTo(
                            new FinalNet(
                                    List.of(5, 3),
                                    List.of(),
                                    Combine.SUM,
                                    Activation.RELU,
                                    false,
                                    false,
                                    0.25));
            assertThat(read("type: finalnet"))
                    .isEqualTo(
                            new FinalNet(
                                    List.of(64, 64, 64),
                                    List.of(64, 64, 64),
                                    Combine.CONCAT,
                                    Activation.NONE,
                                    true,
                                    true,
                                    0));
            assertRefused("type: finalnet\nfirst-block: []", "first block has no layer");
            assertRefused(
                    "type: finalnet\nsecond-block: [5]", "second block has a layer of width 5");
            assertRefused(
                    "type: finalnet\ncombine: sum\nsecond-block: [0]",
                    "second block has a layer of width 0");
            assertRefused("type: finalnet\ndropout: -1", "dropout is -1.0");
            assertThatThrownBy(
                            () ->
                                    oneLayer(1, Combine.SUM, Activation.NONE, false)
                                            .tensors(InputShapes.of(List.of(), 0)))
                    .hasMessage("finalnet has no input: declare a feature");
        }

        private FinalNet oneLayer(
                int width, Combine combine, Activation activation, boolean layerNorm) {
            return new FinalNet(
                    List.of(width), List.of(), combine, activation, false, layerNorm, 0);
        }
    }

    private static Architecture read(String yaml) {
        ConfigNode node = ConfigNode.parse(yaml, "pipeline.yaml");
        Architecture architecture = Architectures.read(node);
        node.rejectUnknown();
        return architecture;
    }

    private static void assertRefused(String yaml, String reason) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(reason);
    }

    /** The tensors, and those of a linear layer. */
    private static Map<String, float[]> and(
            Map<String, float[]> tensors, String linear, float[] weight, double bias) {
        return merged(tensors, Map.of(linear + ".weight", weight, linear + ".bias", floats(bias)));
    }

    private static Map<String, float[]> merged(Map<String, float[]> a, Map<String, float[]> b) {
        Map<String, float[]> both = new HashMap<>(a);
        both.putAll(b);
        return both;
    }

    /** Of the example x0 = (1, 2). */
    private static float logit(Architecture architecture, Map<String, float[]> tensors) {
        return logits(architecture, TWO_NUMBERS, new float[0], X0, tensors)[0];
    }

    private static float[] logits(
            Architecture architecture,
            InputShape input,
            float[] embeddings,
            float[] numbers,
            Map<String, float[]> tensors) {
        int size =
                input.numeric() > 0
                        ? numbers.length / input.numeric()
                        : embeddings.length / input.embeddingWidth();
        List<TensorSpec> specs = architecture.tensors(input);
        assertThat(specs).extracting(TensorSpec::name).hasSameElementsAs(tensors.keySet());
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDList arrays = new NDList();
            for (TensorSpec spec : specs) {
                float[] values = tensors.get(spec.name());
                assertThat(values).as(spec.name()).hasSize(spec.size());
                arrays.add(manager.create(values, new Shape(spec.dimensions())));
            }
            Inputs inputs =
                    new Inputs(
                            input,
                            manager.create(embeddings, new Shape(size, input.embeddingWidth())),
                            manager.zeros(new Shape(size, 0)),
                            manager.create(numbers, new Shape(size, input.numeric())),
                            Inputs.Purpose.LEARNING,
                            null);
            return architecture.logits(inputs, arrays).toFloatArray();
        }
    }

    private static float[] floats(double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static float[] uniforms(Random random, int count) {
        return floats(random.doubles(count, -1, 1).toArray());
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        Arrays.setAll(doubles, i -> values[i]);
        return doubles;
    }

    private static double[] part(float[] values, int index, int size) {
        return doubles(Arrays.copyOfRange(values, index * size, (index + 1) * size));
    }

    /** x [n] times a matrix [n, m], row by row. */
    private static double[] times(double[] x, double[] matrix) {
        double[] product = new double[matrix.length / x.length];
        for (int i = 0; i < matrix.length; i++) {
            product[i % product.length] += x[i / product.length] * matrix[i];
        }
        return product;
    }

    private static double[] tanh(double[] x) {
        return Arrays.stream(x).map(Math::tanh).toArray();
    }

    private static double atanh(double x) {
        return 0.5 * Math.log((1 + x) / (1 - x));
    }
}
