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
import io.millrace.model.architecture.InputShape.Field;
import io.millrace.model.architecture.InputShape.Numbers;
import io.millrace.model.architecture.Inputs.Purpose;
import io.millrace.model.architecture.TwoTower.LossType;
import io.millrace.model.architecture.TwoTower.Similarity;
import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.feature.FeatureSpec.CategoricalList;
import io.millrace.model.feature.FeatureSpec.Cross;
import io.millrace.model.feature.FeatureSpec.Pooling;
import io.millrace.model.learn.TorchEngine;
import io.millrace.model.loss.Objective;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TwoTowerTest {

    /** Of the user an embedding and an age; of the item an embedding between them, and a price. */
    private static final InputShape INPUT =
            new InputShape(
                    List.of(
                            new Field("country", 1, false, false),
                            new Field("item", 2, false, false),
                            new Field("user", 1, false, false)),
                    List.of(new Numbers("price", 1), new Numbers("age", 1)));

    private static final List<String> USER = List.of("user", "country", "age");
    private static final List<String> ITEM = List.of("item", "price");

    /**
     * User side by side: country 2, user 3, age 5; u = (2 + 5, 3 + 1) by the tensors below. Item:
     * 1, -2, price 0.5; v = (1 + 0.5, -2 + 0.5).
     */
    @Test
    void usageExample() {
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            TwoTower dot = tower(Similarity.DOT, 2);
            NDList tensors = tensors(manager);

            assertThat(dot.userVectors(inputs(manager), tensors).toFloatArray())
                    .containsExactly(7, 4);
            assertThat(dot.itemVectors(inputs(manager), tensors).toFloatArray())
                    .containsExactly(1.5f, -1.5f);
            assertThat(dot.logits(inputs(manager), tensors).toFloatArray())
                    .containsExactly((7 * 1.5f - 4 * 1.5f) / 2 + 0.25f);
        }
    }

    @Test
    void cosine() {
        double cosine = (7 * 1.5 - 4 * 1.5) / Math.sqrt(7 * 7 + 4 * 4) / Math.sqrt(2 * 1.5 * 1.5);
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            TwoTower network = tower(Similarity.COSINE, 0.1);
            NDList tensors = tensors(manager);

            float[] vector = network.userVectors(inputs(manager), tensors).toFloatArray();
            assertThat(Math.hypot(vector[0], vector[1])).isCloseTo(1, within(1e-6));
            assertThat((double) network.logits(inputs(manager), tensors).getFloat(0))
                    .isCloseTo(cosine / 0.1 + 0.25, within(1e-5));
        }
    }

    @Test
    void theCosineOfAVectorOfLengthZeroIsFinite() {
        float[] zeros = logitAndGradient(tower(Similarity.COSINE, 0.05), 0);
        float[] tiny = logitAndGradient(tower(Similarity.COSINE, 0.05), 1e-30f);

        for (float number : zeros) {
            assertThat(number).isFinite();
        }
        for (float number : tiny) {
            assertThat(number).isFinite();
        }
    }

    @Test
    void tensorsAreNamedByTheirTower() {
        assertThat(tower(Similarity.DOT, 1).tensors(INPUT))
                .extracting(TensorSpec::name)
                .containsExactly(
                        "user.vector.weight",
                        "user.vector.bias",
                        "item.vector.weight",
                        "item.vector.bias",
                        "bias");
        TwoTower softmax =
                new TwoTower(
                        USER,
                        ITEM,
                        List.of(5),
                        2,
                        Similarity.DOT,
                        1,
                        LossType.BATCH_SOFTMAX,
                        "item");
        assertThat(softmax.tensors(INPUT))
                .extracting(TensorSpec::name)
                .startsWith("user.0.weight", "user.0.bias")
                .doesNotContain("bias");
    }

    /** The product of the vectors stands beside them, and one layer of one sees all six. */
    @Test
    void splitNetwork() {
        SplitNetwork network = new SplitNetwork(USER, ITEM, List.of(), 2, List.of(1));
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDList tensors = tensors(manager).subNDList(0, 4);
            tensors.add(
                    manager.create(new float[] {1, 10, 100, 1000, 0.5f, 0.25f}, new Shape(6, 1)));
            tensors.add(manager.create(new float[] {2000}));
            tensors.add(manager.create(new float[] {2}, new Shape(1, 1)));
            tensors.add(manager.create(new float[] {-1}));
            double joint = 7 + 40 + 150 - 1500 + 0.5 * 7 * 1.5 - 0.25 * 4 * 1.5 + 2000;

            assertThat(network.tensors(INPUT))
                    .extracting(TensorSpec::size)
                    .containsExactly(6, 2, 6, 2, 6, 1, 1, 1);
            assertThat((double) network.logits(inputs(manager), tensors).getFloat(0))
                    .isCloseTo(2 * joint - 1, within(1e-3));
        }
    }

    /** Against loops: every row has its own column, and other items once. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 9})
    void theBatchLossAndItsGradientAreTheFormulas(int size) {
        Random random = new Random(size);
        double[][] scores = new double[size][size];
        float[] flat = new float[size * size];
        int[] items = new int[size];
        float[] logQ = new float[size];
        float[] rewards = new float[size];
        for (int i = 0; i < size; i++) {
            items[i] = random.nextInt(4);
            rewards[i] = i % 3 == 2 ? 0 : 0.5f + random.nextFloat();
            for (int j = 0; j < size; j++) {
                flat[i * size + j] = random.nextFloat() * 4 - 2;
                scores[i][j] = flat[i * size + j];
            }
        }
        for (int i = 0; i < size; i++) {
            logQ[i] = -1 - items[i];
        }
        double expected = 0;
        double[][] gradient = new double[size][size];
        for (int i = 0; i < size; i++) {
            double sum = 0;
            for (int j = 0; j < size; j++) {
                if (isCandidate(items, i, j)) {
                    sum += Math.exp(scores[i][j] - logQ[j]);
                }
            }
            expected -= rewards[i] * (scores[i][i] - logQ[i] - Math.log(sum));
            for (int j = 0; j < size; j++) {
                double probability =
                        isCandidate(items, i, j) ? Math.exp(scores[i][j] - logQ[j]) / sum : 0;
                gradient[i][j] = rewards[i] * (probability - (i == j ? 1 : 0));
            }
        }

        TorchEngine.start(1);
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDArray leaf = manager.create(flat, new Shape(size, size));
            leaf.setRequiresGradient(true);
            NDArray loss = BatchSoftmax.loss(leaf, new BatchItems(items, logQ, rewards));
            JniUtils.backward(
                    (PtNDArray) loss, (PtNDArray) manager.ones(loss.getShape()), false, false);

            assertThat((double) loss.getFloat()).isCloseTo(expected, within(1e-5));
            float[] actual = leaf.getGradient().toFloatArray();
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    assertThat((double) actual[i * size + j])
                            .as("row %d, column %d", i, j)
                            .isCloseTo(gradient[i][j], within(1e-6));
                }
            }
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    private static boolean isCandidate(int[] items, int row, int column) {
        if (row == column) {
            return true;
        }
        for (int earlier = 0; earlier < column; earlier++) {
            if (items[earlier] == items[column]) {
                return false;
            }
        }
        return items[column] != items[row];
    }

    @Test
    void temperatureFollowsSimilarity() {
        assertThat(((TwoTower) read("type: two-tower")).temperature()).isEqualTo(1);
        assertThat(((TwoTower) read("type: two-tower\nsimilarity: cosine")).temperature())
                .isEqualTo(0.05);
        assertThat(
                        ((TwoTower)
                                        read(
                                                "type: two-tower\n"
                                                        + "similarity: cosine\n"
                                                        + "temperature: 0.2"))
                                .temperature())
                .isEqualTo(0.2);
    }

    @Test
    void optionsMustMakeSense() {
        assertThatThrownBy(() -> read("type: two-tower\ntemperature: 0"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("temperature is 0.0; it is a number above 0");
        assertThatThrownBy(() -> read("type: two-tower\ndimension: 0"))
                .hasMessageContaining("dimension of the towers' vectors is 0");
        assertThatThrownBy(() -> read("type: split-network\nhidden: [0]"))
                .hasMessageContaining("a tower has a layer of width 0");
        assertThatThrownBy(() -> read("type: split-network\njoint: [0]"))
                .hasMessageContaining("joint network has a layer of width 0");
        assertThatThrownBy(() -> read("type: two-tower\nuser: []"))
                .hasMessageContaining("the user tower has no features");
        assertThatThrownBy(() -> read("type: two-tower\nuser: [user, item]"))
                .hasMessageContaining("\"item\" is named twice")
                .hasMessageContaining("a feature is in one tower, once");
    }

    @Test
    void everyFeatureIsInOneTower() {
        assertThatThrownBy(() -> tower(USER, List.of("item")).tensors(INPUT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the feature \"price\" is in neither tower of two-tower; name it under user"
                                + " or item, or leave it out");
        assertThatThrownBy(() -> tower(USER, List.of("item", "prize")).tensors(INPUT))
                .hasMessage(
                        "two-tower names \"prize\", which is no feature; there are [country, item,"
                                + " user, price, age]");
        assertThatThrownBy(() -> SplitNetwork.DEFAULT.tensors(INPUT))
                .hasMessageContaining("\"country\" is in neither tower of split-network");
    }

    @Test
    void batchSoftmaxNeedsClicksAndAnItem() {
        List<FeatureSpec> features =
                List.of(
                        new Categorical("user", "user", 2),
                        new Categorical("item", "item", 2),
                        new CategoricalList("tags", "tags", 2, Pooling.MEAN, 5));
        TwoTower softmax = softmax(List.of("item", "tags"), "item");

        softmax.requireFit(new Objective.Click(), features);
        assertThatThrownBy(() -> softmax.requireFit(new Objective.Rating(1, 5), features))
                .hasMessageContaining("the objective must be click");
        for (String other : List.of("user", "tags", "sku")) {
            assertThatThrownBy(
                            () ->
                                    softmax(List.of("item", "tags"), other)
                                            .requireFit(new Objective.Click(), features))
                    .hasMessageContaining("item-id is \"" + other + "\"")
                    .hasMessageContaining("[item, tags]");
        }
    }

    @Test
    void aCrossOfBothTowersIsRefused() {
        List<FeatureSpec> features =
                List.of(
                        new Categorical("user", "user", 2),
                        new Categorical("item", "item", 2),
                        new Categorical("shop", "shop", 2),
                        new Cross("taste", List.of("user", "shop"), 2),
                        new Cross("offer", List.of("item", "shop"), 2));
        Objective click = new Objective.Click();

        tower(List.of("user"), List.of("item", "shop", "offer"))
                .requireFit(click, features.subList(4, 5));
        assertThatThrownBy(
                        () ->
                                tower(List.of("user", "taste"), List.of("item", "shop", "offer"))
                                        .requireFit(click, features))
                .hasMessageContaining("the cross \"taste\" of [user, shop]")
                .hasMessageContaining("\"shop\" is not");
        assertThatThrownBy(
                        () ->
                                new SplitNetwork(
                                                List.of("user"),
                                                List.of("item", "shop", "offer", "taste"),
                                                List.of(),
                                                2,
                                                List.of())
                                        .requireFit(click, features))
                .hasMessageContaining("one tower of split-network, but \"user\" is not");
    }

    @Test
    void aFieldThatBothTowersReadIsRefused() {
        List<FeatureSpec> features =
                List.of(
                        new Categorical("user", "user", 2),
                        new Categorical("item", "item", 2),
                        new Categorical("owner", "user", 2));
        Objective click = new Objective.Click();

        tower(List.of("user", "owner"), List.of("item")).requireFit(click, features);
        assertThatThrownBy(
                        () ->
                                tower(List.of("user"), List.of("item", "owner"))
                                        .requireFit(click, features))
                .hasMessageContaining("\"user\" and \"owner\" read the same field, \"user\"");
    }

    private static TwoTower softmax(List<String> item, String itemId) {
        return new TwoTower(
                List.of("user"),
                item,
                List.of(),
                2,
                Similarity.DOT,
                1,
                LossType.BATCH_SOFTMAX,
                itemId);
    }

    private static TwoTower tower(Similarity similarity, double temperature) {
        return new TwoTower(
                USER, ITEM, List.of(), 2, similarity, temperature, LossType.POINTWISE, "item");
    }

    private static TwoTower tower(List<String> user, List<String> item) {
        return new TwoTower(
                user, item, List.of(), 2, Similarity.DOT, 1, LossType.POINTWISE, "item");
    }

    private static Architecture read(String yaml) {
        return Architectures.read(ConfigNode.parse(yaml, "pipeline.yaml"));
    }

    private static Inputs inputs(NDManager manager) {
        return inputs(
                manager,
                manager.create(new float[] {2, 1, -2, 3}, new Shape(1, 4)),
                new float[] {0.5f, 5});
    }

    private static Inputs inputs(NDManager manager, NDArray embeddings, float[] numbers) {
        return new Inputs(
                INPUT,
                embeddings,
                manager.zeros(new Shape(1, 0)),
                manager.create(numbers, new Shape(1, 2)),
                Purpose.SERVING,
                null);
    }

    private static NDList tensors(NDManager manager) {
        return new NDList(
                manager.create(new float[] {1, 0, 0, 1, 1, 0}, new Shape(3, 2)),
                manager.create(new float[] {0, 1}),
                manager.create(new float[] {1, 0, 0, 1, 1, 1}, new Shape(3, 2)),
                manager.zeros(new Shape(2)),
                manager.create(new float[] {0.25f}));
    }

    /** The logit, then its gradient by the embeddings; all of them are {@code value}. */
    private static float[] logitAndGradient(TwoTower network, float value) {
        TorchEngine.start(1);
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDArray embeddings = manager.full(new Shape(1, 4), value);
            embeddings.setRequiresGradient(true);
            NDList tensors = tensors(manager);
            tensors.get(1).set(new float[2]);
            NDArray logit = network.logits(inputs(manager, embeddings, new float[2]), tensors);
            JniUtils.backward(
                    (PtNDArray) logit, (PtNDArray) manager.ones(new Shape(1)), false, false);
            float[] gradient = embeddings.getGradient().toFloatArray();
            return new float[] {
                logit.getFloat(0), gradient[0], gradient[1], gradient[2], gradient[3]
            };
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
