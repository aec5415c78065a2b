package io.millrace.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.InputShape.Field;
import io.millrace.model.architecture.InputShape.Numbers;
import io.millrace.model.architecture.Inputs.Purpose;
import io.millrace.model.architecture.PositionBias.Combine;
import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.config.ModelSpecReader;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.learn.TorchEngine;
import io.millrace.model.loss.Objective;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class PositionBiasTest {

    /** One number, which is the network's logit, and a position whose embedding is the bias. */
    private static final InputShape NUMBER_AND_POSITION =
            new InputShape(
                    List.of(new Field("position", 1, false, false)),
                    List.of(new Numbers("score", 1)));

    @Test
    void usageExample() {
        double a = 0.5;
        double b = -1.25;
        double seenAndClicked = sigmoid(a) * sigmoid(b);

        assertThat(logit(Combine.ADDITIVE, a, b, Purpose.LEARNING)).isEqualTo((float) (a + b));
        assertThat(sigmoid(logit(Combine.MULTIPLICATIVE, a, b, Purpose.LEARNING)))
                .isCloseTo(seenAndClicked, within(1e-6));
    }

    @ParameterizedTest
    @EnumSource(Combine.class)
    void servingLeavesThePositionOut(Combine combine) {
        assertThat(logit(combine, 0.75, 3, Purpose.SERVING)).isEqualTo(0.75f);
        assertThat(logit(combine, 0.75, Double.NaN, Purpose.SERVING)).isEqualTo(0.75f);
        assertThat(logit(combine, 0.75, 3, Purpose.LEARNING)).isNotEqualTo(0.75f);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "3, -2",
        "-4, 5",
        "20, 20",
        "-20, -20",
        "100, -1",
        "-1, 100",
        "1e4, 1e4",
        "1e4, -1e4",
        "-1e4, 1e4",
        "-1e4, -1e4",
        "0, 1e4",
        "-1e4, 0"
    })
    void logitsAndGradientsOfTheProductAreTheFormulas(double a, double b) {
        // Each divided by the largest of the three, which leaves it in the range of doubles.
        double largest = Math.max(Math.max(-a, -b), -(a + b));
        double sum = Math.exp(-a - largest) + Math.exp(-b - largest) + Math.exp(-(a + b) - largest);
        double expected = -(largest + Math.log(sum));
        double byNetwork = (Math.exp(-a - largest) + Math.exp(-(a + b) - largest)) / sum;
        double byBias = (Math.exp(-b - largest) + Math.exp(-(a + b) - largest)) / sum;

        float[] learned = logitAndGradients(a, b);

        assertThat((double) learned[0]).isCloseTo(expected, within(1e-6 * (1 + Math.abs(a + b))));
        assertThat((double) learned[1]).isCloseTo(byNetwork, within(1e-5));
        assertThat((double) learned[2]).isCloseTo(byBias, within(1e-5));
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "2"})
    void theNetworkDoesNotSeeThePosition(int place) {
        List<Field> fields =
                List.of(
                        new Field(place == 0 ? "position" : "a", 1, true, false),
                        new Field(place == 1 ? "position" : "b", 2, false, false),
                        new Field(place == 2 ? "position" : "c", 3, true, false));
        float[] embeddings = {1, 2, 2, 3, 3, 3};
        float[] weights = {10, 30};
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            Inputs inputs =
                    new Inputs(
                            new InputShape(fields, List.of()),
                            manager.create(embeddings, new Shape(1, 6)),
                            manager.create(weights, new Shape(1, 2)),
                            manager.zeros(new Shape(1, 0)),
                            Purpose.LEARNING,
                            null);

            Inputs others = inputs.without(inputs.shape().indexOf("position", "test"));

            float[][] left = {{2, 2, 3, 3, 3}, {1, 3, 3, 3}, {1, 2, 2}};
            float[][] leftWeights = {{30}, {10, 30}, {10}};
            assertThat(others.shape().fields())
                    .extracting(Field::name)
                    .hasSize(2)
                    .doesNotContain("position");
            assertThat(others.embeddings().toFloatArray()).containsExactly(left[place]);
            assertThat(others.weights().toFloatArray()).containsExactly(leftWeights[place]);
        }
    }

    @Test
    void whatTheNetworkDropsOutCounts() {
        PositionBias bias =
                new PositionBias("position", Combine.ADDITIVE, List.of(), new TheNumber(0.5));
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            Inputs inputs = inputs(manager, 1, 1, Purpose.LEARNING, new DropoutMasks(() -> 1));

            float logit = bias.logits(inputs, ones(manager)).getFloat(0);

            assertThat(logit).isIn(1f, 3f);

            assertThat(inputs.hasDropped()).isTrue();
        }
    }

    @Test
    void namesOfTheNetworkGetAPrefixOnlyIfTheyCollide() {
        InputShape input = InputShapes.of(List.of(1, 2, 3), 0);
        Architecture plain = new DcnV2(0, 0, List.of(), DcnV2.Structure.STACKED);
        PositionBias inner = new PositionBias("f0", Combine.ADDITIVE, List.of(4), plain);
        PositionBias outer = new PositionBias("f1", Combine.ADDITIVE, List.of(), inner);

        assertThat(inner.tensors(input))
                .extracting(TensorSpec::name)
                .containsExactly(
                        "position.0.weight",
                        "position.0.bias",
                        "position.output.weight",
                        "position.output.bias",
                        "output.weight",
                        "output.bias");
        assertThat(outer.tensors(input))
                .extracting(TensorSpec::name)
                .doesNotHaveDuplicates()
                .contains("position.output.weight", "network.position.output.weight");
    }

    @Test
    void aPositionThatIsNoFeatureIsRefused() {
        assertThatThrownBy(() -> PositionBias.DEFAULT.tensors(InputShapes.of(List.of(4), 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "position-bias names \"position\", which is no sparse feature; there are"
                                + " [f0]");
    }

    @Test
    void aLossOfTheWholeBatchIsRefused() {
        assertThatThrownBy(
                        () ->
                                Architectures.read(
                                        ConfigNode.parse(
                                                "type: position-bias\n"
                                                        + "network: {type: two-tower, loss:"
                                                        + " batch-softmax}",
                                                "pipeline.yaml")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("pipeline.yaml")
                .hasMessageContaining("loss of this two-tower is of the whole batch");
    }

    @Test
    void aSpecificationWithANestedNetworkIsReadBackEqual() {
        ModelSpec spec = read("click", "multiplicative");

        ModelSpec again =
                ModelSpecReader.read(
                        ConfigNode.parse(ModelSpecWriter.write(spec).toString(), "manifest.json"));

        assertThat(again).isEqualTo(spec);
        assertThat(spec.architecture())
                .isEqualTo(
                        new PositionBias(
                                "rank",
                                Combine.MULTIPLICATIVE,
                                List.of(8),
                                new DcnV2(1, 0, List.of(), DcnV2.Structure.STACKED)));
    }

    @Test
    void ratingsAreNoProductOfProbabilities() {
        assertThatThrownBy(() -> read("rating, min: 1, max: 5", "multiplicative"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("architecture: multiplicative position-bias")
                .hasMessageContaining("combine can be additive");
        assertThat(read("rating, min: 1, max: 5", "additive").architecture().type())
                .isEqualTo("position-bias");
    }

    @Test
    void aCrossOfThePositionIsRefused() {
        List<FeatureSpec> features =
                List.of(
                        new FeatureSpec.Categorical("item", "item", 2),
                        new FeatureSpec.Categorical("position", "position", 2),
                        new FeatureSpec.Cross("both", List.of("item", "position"), 2));

        assertThatThrownBy(() -> PositionBias.DEFAULT.requireFit(new Objective.Click(), features))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"both\" would tell the network")
                .hasMessageContaining("\"position\"");
        PositionBias.DEFAULT.requireFit(new Objective.Click(), features.subList(0, 2));
    }

    @Test
    void theSamePositionUnderAnotherNameIsRefused() {
        FeatureSpec.Categorical position = new FeatureSpec.Categorical("position", "rank", 2);
        FeatureSpec again = new FeatureSpec.Bucketized("top", "rank", 2, List.of(3.0));
        Objective click = new Objective.Click();

        assertThatThrownBy(() -> PositionBias.DEFAULT.requireFit(click, List.of(again, position)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"top\" would tell the network");
        PositionBias.DEFAULT.requireFit(
                click, List.of(position, new FeatureSpec.Categorical("top", "top", 2)));
    }

    private static ModelSpec read(String objective, String combine) {
        return ModelSpecReader.read(
                ConfigNode.parse(
                        """
                        model: feed
                        objective: {type: %s}
                        features:
                          item: {type: categorical, field: item, dimension: 4}
                          rank: {type: categorical, field: rank, dimension: 2}
                        architecture:
                          type: position-bias
                          feature: rank
                          combine: %s
                          hidden: [8]
                          network:
                            type: dcn-v2
                            cross-layers: 1
                            hidden: []
                        optimizers:
                          embedding: {type: adagrad, learning-rate: 0.1}
                          dense: {type: adagrad, learning-rate: 0.1}
                        """
                                .formatted(objective, combine),
                        "pipeline.yaml"));
    }

    private static float logit(Combine combine, double a, double b, Purpose purpose) {
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            Inputs inputs = inputs(manager, a, b, purpose, null);
            return bias(combine).logits(inputs, ones(manager)).getFloat(0);
        }
    }

    /** The logit and its derivatives by a and b. */
    private static float[] logitAndGradients(double a, double b) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            Inputs inputs = inputs(manager, a, b, Purpose.LEARNING, null);
            inputs.embeddings().setRequiresGradient(true);
            inputs.numeric().setRequiresGradient(true);
            NDArray logit = bias(Combine.MULTIPLICATIVE).logits(inputs, ones(manager));
            JniUtils.backward(
                    (PtNDArray) logit, (PtNDArray) manager.ones(new Shape(1)), false, false);
            return new float[] {
                logit.getFloat(0),
                inputs.numeric().getGradient().toFloatArray()[0],
                inputs.embeddings().getGradient().toFloatArray()[0]
            };
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    private static PositionBias bias(Combine combine) {
        return new PositionBias("position", combine, List.of(), new TheNumber(0));
    }

    /** A bias that is the position's embedding. */
    private static NDList ones(NDManager manager) {
        return new NDList(manager.ones(new Shape(1, 1)), manager.zeros(new Shape(1)));
    }

    private static Inputs inputs(
            NDManager manager, double a, double b, Purpose purpose, DropoutMasks masks) {
        return new Inputs(
                NUMBER_AND_POSITION,
                manager.create(new float[] {(float) b}, new Shape(1, 1)),
                manager.zeros(new Shape(1, 0)),
                manager.create(new float[] {(float) a}, new Shape(1, 1)),
                purpose,
                masks);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** A network whose logit is the only number or what dropout makes of it. */
    private record TheNumber(double dropout) implements Architecture {
        @Override
        public String type() {
            return "the-number";
        }

        @Override
        public List<TensorSpec> tensors(InputShape input) {
            return List.of();
        }

        @Override
        public NDArray logits(Inputs inputs, NDList tensors) {
            assertThat(inputs.shape().fields()).isEmpty();
            assertThat(inputs.embeddings().getShape()).isEqualTo(new Shape(1, 0));
            assertThat(tensors).isEmpty();
            return inputs.dropout(inputs.numeric(), dropout).reshape(-1);
        }
    }
}
