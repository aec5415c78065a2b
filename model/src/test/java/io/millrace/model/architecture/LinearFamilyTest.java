package io.millrace.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.learn.TorchEngine;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Logits small enough to be computed by hand, options, and what the features learn. */
final class LinearFamilyTest {

    private static final Offset<Float> CLOSE = Offset.offset(1e-5f);
    private static final InputShape.Field USER = new InputShape.Field("user", 2, false, false);
    private static final InputShape.Field ITEM = new InputShape.Field("item", 2, false, false);
    private static final InputShape.Field BOTH = new InputShape.Field("both", 2, false, true);
    private static final InputShape.Numbers PRICE = new InputShape.Numbers("price", 1);

    @Test
    void logisticRegressionSumsWeights() {
        Case example = new Case(LogisticRegression.DEFAULT, List.of(USER, ITEM), List.of(PRICE));
        example.weights = new float[] {0.5f, -0.25f};
        example.numeric = new float[] {2};

        // 0.1 + 0.5 - 0.25 + 2 * 3
        assertThat(example.logit(tensor(0.1f), tensor(3))).isCloseTo(6.35f, CLOSE);
    }

    @Test
    void logisticRegressionNeedsNoSparseFeature() {
        Case example = new Case(LogisticRegression.DEFAULT, List.of(), List.of(PRICE));
        example.numeric = new float[] {2};

        assertThat(example.logit(tensor(0.1f), tensor(3))).isCloseTo(6.1f, CLOSE);
    }

    @Test
    void factorizationMachineAddsEveryPairOnce() {
        Case example = new Case(FactorizationMachine.DEFAULT, List.of(USER, ITEM), List.of(PRICE));
        example.embeddings = new float[] {1, 2, 3, -1};
        example.weights = new float[] {0.5f, -0.25f};
        example.numeric = new float[] {2};

        // Linear 0.1 + 0.5 - 0.25 + 2 * 3; price's vector 2 * (0.5, -1) = (1, -2);
        // user * item = 1, user * price = -3, item * price = 5.
        assertThat(example.logit(tensor(0.1f), tensor(3), tensor(0.5f, -1)))
                .isCloseTo(6.35f + 3, CLOSE);
    }

    @Test
    void factorizationMachineOfOneFeatureIsLinear() {
        Case example = new Case(FactorizationMachine.DEFAULT, List.of(USER), List.of());
        example.embeddings = new float[] {1, 2};
        example.weights = new float[] {0.5f};

        assertThat(example.logit(tensor(0.1f))).isCloseTo(0.6f, CLOSE);
    }

    @Test
    void deepFmFeedsTheSameVectorsToItsDeepNetwork() {
        Case example = new Case(new DeepFm(List.of(1), 0), List.of(USER, ITEM), List.of(PRICE));
        example.embeddings = new float[] {1, 2, 3, -1};
        example.weights = new float[] {0.5f, -0.25f};
        example.numeric = new float[] {2};

        // Deep: relu(1 + 10 * 2 - 100 * 2 + 1000) = 821 of user_0, user_1, price_1; times 2.
        assertThat(
                        example.logit(
                                tensor(0.1f),
                                tensor(3),
                                tensor(0.5f, -1),
                                tensor(1, 10, 0, 0, 0, 100),
                                tensor(1000),
                                tensor(2)))
                .isCloseTo(6.35f + 3 + 2 * 821, Offset.offset(1e-3f));
    }

    @Test
    void wideAndDeepAreSummed() {
        WideAndDeep architecture = new WideAndDeep(null, null, List.of(1), 0);
        Case example = new Case(architecture, List.of(USER, BOTH), List.of(PRICE));
        example.embeddings = new float[] {1, 2};
        example.weights = new float[] {0.5f, -0.25f};
        example.numeric = new float[] {2};

        // Wide 6.35 as above; deep relu(1 + 10 * 2 + 100 * 2 + 4) * -1.
        assertThat(
                        example.logit(
                                tensor(0.1f), tensor(3), tensor(1, 10, 100), tensor(4), tensor(-1)))
                .isCloseTo(6.35f - 225, CLOSE);
    }

    @Test
    void theDeepPartWithoutLayersIsLinearInTheEmbeddings() {
        WideAndDeep architecture = new WideAndDeep(List.of(), null, List.of(), 0);
        Case example = new Case(architecture, List.of(USER), List.of());
        example.embeddings = new float[] {1, 2};

        assertThat(example.logit(tensor(0.1f), tensor(3, 4))).isCloseTo(11.1f, CLOSE);
    }

    @Test
    void neuMfJoinsProductAndNetwork() {
        NeuMf architecture = new NeuMf("user", "item", 1, List.of(1), 0);
        Case example = new Case(architecture, List.of(ITEM, BOTH, USER), List.of(PRICE));
        example.embeddings = new float[] {3, -1, 5, 6, 2, 7};
        example.numeric = new float[] {2};

        // GMF 2 * 3; MLP relu(-1 + 10 * 5 + 100 * 6 + 1000 * 7 + 10000 * 2 + 1) = 27650.
        assertThat(
                        example.logit(
                                tensor(1, 10, 100, 1000, 10000),
                                tensor(1),
                                tensor(0.5f, 0.001f),
                                tensor(0.25f)))
                .isCloseTo(3 + 27.65f + 0.25f, CLOSE);
    }

    @Test
    void neuMfGivesHalfOfTheSmallerEmbeddingToEachPart() {
        InputShape.Field item = new InputShape.Field("item", 6, false, false);
        InputShape.Field user = new InputShape.Field("user", 3, false, false);
        InputShape input = new InputShape(List.of(item, user), List.of());

        assertThat(NeuMf.DEFAULT.tensors(input).get(0)).isEqualTo(matrix("mlp.0.weight", 7, 64));
        assertThat(NeuMf.DEFAULT.tensors(input).get(4)).isEqualTo(matrix("output.weight", 33, 1));
    }

    @Test
    void neuMfWithoutLayersAndOfAllColumnsIsGmf() {
        NeuMf architecture = new NeuMf("user", "item", 2, List.of(), 0);
        Case example = new Case(architecture, List.of(USER, ITEM), List.of());
        example.embeddings = new float[] {1, 2, 3, -1};

        // 10 * 1 * 3 + 100 * 2 * -1 + 0.5
        assertThat(example.logit(tensor(10, 100), tensor(0.5f))).isCloseTo(-169.5f, CLOSE);
    }

    @Test
    void neuMfWithoutFactorsIsAnMlp() {
        NeuMf architecture = new NeuMf("user", "item", 0, List.of(1), 0);
        Case example = new Case(architecture, List.of(USER, ITEM), List.of());
        example.embeddings = new float[] {1, 2, 3, -1};

        // relu(1 + 20 + 300 - 1000 + 700) = 21
        assertThat(example.logit(tensor(1, 10, 100, 1000), tensor(700), tensor(2), tensor(0.5f)))
                .isCloseTo(42.5f, CLOSE);
    }

    @Test
    void neuMfOfTwoFeaturesHasNoColumnsLeftForLayers() {
        InputShape input = new InputShape(List.of(USER, ITEM), List.of());

        assertThatThrownBy(() -> new NeuMf("user", "item", 2, List.of(8), 0).tensors(input))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing for its MLP when 2 factors take all columns");
        assertThatThrownBy(() -> new NeuMf("user", "item", 3, List.of(8), 0).tensors(input))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 factors")
                .hasMessageContaining("only 2 columns in common");
        assertThatThrownBy(() -> new NeuMf("user", "movie", 1, List.of(8), 0).tensors(input))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the option item of neumf names \"movie\"")
                .hasMessageContaining("[user, item]");
    }

    @Test
    void aFeatureLearnsWhatItsArchitectureNeeds() {
        assertThat(LogisticRegression.DEFAULT.field(USER))
                .isEqualTo(new InputShape.Field("user", 0, true, false));
        assertThat(FactorizationMachine.DEFAULT.field(USER)).isEqualTo(USER.withWeight());
        assertThat(DeepFm.DEFAULT.field(BOTH)).isEqualTo(BOTH.withWeight());
        assertThat(NeuMf.DEFAULT.field(USER)).isEqualTo(USER);
    }

    @Test
    void crossesAreWideAndAllElseIsBothUnlessNamed() {
        assertThat(WideAndDeep.DEFAULT.field(USER)).isEqualTo(USER.withWeight());
        assertThat(WideAndDeep.DEFAULT.field(BOTH))
                .isEqualTo(new InputShape.Field("both", 0, true, true));

        WideAndDeep named =
                new WideAndDeep(List.of("item"), List.of("user", "both"), List.of(8), 0);

        assertThat(named.field(USER)).isEqualTo(USER);
        assertThat(named.field(BOTH)).isEqualTo(BOTH);
        assertThat(named.field(ITEM)).isEqualTo(new InputShape.Field("item", 0, true, false));
    }

    @Test
    void wideAndDeepRefusesNamesOfNoSparseFeature() {
        InputShape input = new InputShape(List.of(USER), List.of(PRICE));

        assertThatThrownBy(() -> new WideAndDeep(List.of("usr"), null, List.of(), 0).tensors(input))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the option wide of wide-deep names \"usr\"");
        assertThatThrownBy(
                        () -> new WideAndDeep(null, List.of("price"), List.of(), 0).tensors(input))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the option deep of wide-deep names \"price\"");
    }

    @Test
    void wideAndDeepNeedsSomethingDeep() {
        InputShape onlyWide = new InputShape(List.of(WideAndDeep.DEFAULT.field(BOTH)), List.of());

        assertThatThrownBy(() -> WideAndDeep.DEFAULT.tensors(onlyWide))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing for its deep network");
    }

    @Test
    void aModelNeedsAnInput() {
        InputShape nothing = new InputShape(List.of(), List.of());

        assertThatThrownBy(() -> LogisticRegression.DEFAULT.tensors(nothing))
                .hasMessageContaining("declare a feature");
        assertThatThrownBy(() -> FactorizationMachine.DEFAULT.tensors(nothing))
                .hasMessageContaining("fm needs a sparse feature");
        assertThatThrownBy(() -> DeepFm.DEFAULT.tensors(InputShapes.of(List.of(8, 4), 1)))
                .hasMessageContaining("deepfm needs embeddings of one dimension");
    }

    @Test
    void optionsAreRead() {
        assertThat(read("type: logistic-regression")).isEqualTo(new LogisticRegression());
        assertThat(read("type: fm")).isEqualTo(new FactorizationMachine());
        assertThat(read("{type: deepfm, hidden: [8], dropout: 0.5}"))
                .isEqualTo(new DeepFm(List.of(8), 0.5));
        assertThat(read("{type: wide-deep, wide: [a], deep: [], hidden: [8], dropout: 0.5}"))
                .isEqualTo(new WideAndDeep(List.of("a"), List.of(), List.of(8), 0.5));
        assertThat(
                        read(
                                "{type: neumf, user: u, item: i, factors: 4, hidden: [8],"
                                        + " dropout: 0.5}"))
                .isEqualTo(new NeuMf("u", "i", 4, List.of(8), 0.5));
    }

    @Test
    void optionsHaveDefaults() {
        assertThat(read("type: deepfm")).isEqualTo(new DeepFm(List.of(64, 32), 0));
        assertThat(read("type: wide-deep"))
                .isEqualTo(new WideAndDeep(null, null, List.of(64, 32), 0));
        assertThat(read("type: neumf"))
                .isEqualTo(new NeuMf("user", "item", null, List.of(64, 32), 0));
    }

    @Test
    void optionsMustMakeSense() {
        assertRefused("{type: deepfm, hidden: [0]}", "the deep network has a layer of width 0");
        assertRefused("{type: deepfm, dropout: 1}", "the dropout is 1.0");
        assertRefused("{type: wide-deep, hidden: [0]}", "the deep network has a layer of width 0");
        assertRefused("{type: wide-deep, dropout: -0.1}", "the dropout is -0.1");
        assertRefused("{type: neumf, hidden: [0]}", "the MLP has a layer of width 0");
        assertRefused("{type: neumf, dropout: 1}", "the dropout is 1.0");
        assertRefused("{type: neumf, factors: -1}", "the number of factors is -1");
        assertRefused("{type: neumf, user: item}", "user and item are both \"item\"");
    }

    private static void assertRefused(String yaml, String complaint) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(complaint);
    }

    private static Architecture read(String yaml) {
        return Architectures.read(ConfigNode.parse(yaml, "pipeline.yaml"));
    }

    private static TensorSpec matrix(String name, int in, int out) {
        return TensorSpec.matrix(name, in, out);
    }

    private static float[] tensor(float... values) {
        return values;
    }

    /** One example, on its way through an architecture with given tensors. */
    private static final class Case {

        private final Architecture architecture;
        private final InputShape shape;
        private float[] embeddings = {};
        private float[] weights = {};
        private float[] numeric = {};

        Case(
                Architecture architecture,
                List<InputShape.Field> declared,
                List<InputShape.Numbers> numbers) {
            this.architecture = architecture;
            shape = new InputShape(declared.stream().map(architecture::field).toList(), numbers);
        }

        /** The first logit of two equal examples, of which the second must not differ. */
        float logit(float[]... tensors) {
            try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
                NDList list = new NDList();
                List<TensorSpec> specs = architecture.tensors(shape);
                assertThat(specs).hasSameSizeAs(tensors);
                for (int i = 0; i < tensors.length; i++) {
                    list.add(manager.create(tensors[i], new Shape(specs.get(i).dimensions())));
                }
                Inputs inputs =
                        new Inputs(
                                shape,
                                twice(manager, embeddings, shape.embeddingWidth()),
                                twice(manager, weights, shape.weights()),
                                twice(manager, numeric, shape.numeric()),
                                Inputs.Purpose.LEARNING,
                                null);
                NDArray logits = architecture.logits(inputs, list);
                assertThat(logits.getShape()).isEqualTo(new Shape(2));
                float[] both = logits.toFloatArray();
                assertThat(both[1]).isEqualTo(both[0]);
                return both[0];
            }
        }

        private static NDArray twice(NDManager manager, float[] values, int width) {
            assertThat(values).hasSize(width);
            float[] both = Arrays.copyOf(values, 2 * width);
            System.arraycopy(values, 0, both, width, width);
            Shape shape = new Shape(2, width);
            return width == 0 ? manager.zeros(shape) : manager.create(both, shape);
        }
    }
}
