package io.millrace.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSpecReaderTest {

    @Test
    void usageExample() {
        ModelSpec spec = read(ModelSpecs.CLICKS);

        assertThat(spec.name()).isEqualTo("clicks");
        assertThat(spec.seed()).isEqualTo(7);
        assertThat(spec.objective()).isEqualTo(new Objective.Click());
        assertThat(spec.features())
                .containsExactly(
                        new FeatureSpec.Categorical("user", "user", 16),
                        new FeatureSpec.Categorical("item", "item", 16),
                        new FeatureSpec.CategoricalList(
                                "genres", "genres", 8, FeatureSpec.Pooling.SUM, 20),
                        new FeatureSpec.Numeric("price", "price", true, 0, 10, 3.2, 1.1),
                        new FeatureSpec.Bucketized("age", "years", 4, List.of(18.0, 25.0, 35.0)),
                        new FeatureSpec.Cyclic("hour", "timestamp", FeatureSpec.Period.DAY));
        assertThat(spec.architecture().type()).isEqualTo("dcn-v2");
        assertThat(spec.embeddingOptimizer().type()).isEqualTo("adagrad");
        assertThat(spec.denseOptimizer().type()).isEqualTo("adam");
    }

    @Test
    void takesDefaults() {
        ModelSpec spec =
                read(
                        withFeatures(
                                        """
                                        a: {type: categorical-list, dimension: 1}
                                        b: {type: numeric}
                                        """)
                                .replace("seed: 7\n", ""));

        assertThat(spec.seed()).isEqualTo(42);
        assertThat(spec.features())
                .containsExactly(
                        new FeatureSpec.CategoricalList("a", "a", 1, FeatureSpec.Pooling.MEAN, 50),
                        new FeatureSpec.Numeric(
                                "b",
                                "b",
                                false,
                                Double.NEGATIVE_INFINITY,
                                Double.POSITIVE_INFINITY,
                                0,
                                1));
    }

    @Test
    void readsTheShareOfNegatives() {
        assertThat(read(withObjective("{type: click, negative-sampling: 0.1}")).objective())
                .isEqualTo(new Objective.Click(0.1));
    }

    @Test
    void negativesAreNotSampledWhereNothingCorrectsForThem() {
        String sampled = withObjective("{type: click, negative-sampling: 0.1}");

        assertThatThrownBy(
                        () ->
                                read(
                                        sampled.replaceAll(
                                                "architecture: .*",
                                                "architecture: {type: two-tower, loss:"
                                                        + " batch-softmax, item-id: item, user:"
                                                        + " [user], item: [item]}")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("objective.negative-sampling: the loss of two-tower learns");
        assertThatThrownBy(
                        () ->
                                read(
                                        sampled.replaceAll(
                                                "architecture: .*",
                                                "architecture: {type: position-bias, feature:"
                                                        + " age}")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("architecture: multiplicative position-bias needs")
                .hasMessageContaining("combine can be additive");
    }

    @Test
    void readsTheRangeOfRatings() {
        assertThat(read(withObjective("{type: rating, min: 1, max: 5}")).objective())
                .isEqualTo(new Objective.Rating(1, 5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: rating, min: 5, max: 5} | objective: min (5.0) must be less than max (5.0)",
                "{type: rating, min: 1} | objective: the key \"max\" is missing (a number)",
                "{type: clicks} | objective.type: expected one of click, rating, found \"clicks\"",
                "{type: click, min: 1}"
                        + " | objective.min: unknown key; allowed are type, negative-sampling",
                "{type: click, negative-sampling: 0}"
                        + " | objective.negative-sampling: expected the share of negatives that are"
                        + " learned, more than 0 and at most 1, found 0.0",
                "{type: click, negative-sampling: 1.5}"
                        + " | objective.negative-sampling: expected the share of negatives that are"
                        + " learned, more than 0 and at most 1, found 1.5",
            })
    void refusesOtherObjectives(String objective, String complaint) {
        assertThatThrownBy(() -> read(withObjective(objective)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("model.yaml:3: " + complaint);
    }

    @ParameterizedTest
    @CsvSource({"Clicks", "-clicks", ".", "a/b", "a b", "''", "ä"})
    void refusesANameThatIsNoFolder(String name) {
        assertThatThrownBy(() -> read(ModelSpecs.CLICKS.replace("clicks", "\"" + name + "\"")))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("model.yaml:1: model: expected a name of at most 100");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: {type: text}"
                        + " | a.type: expected one of categorical, categorical-list, numeric,"
                        + " bucket, cyclic, cross, found \"text\"",
                "a: {type: categorical} | a: the key \"dimension\" is missing (a whole number)",
                "a: {type: categorical, dimension: 0}"
                        + " | a.dimension: expected a whole number from 1 to 4096, found 0",
                "a: {type: bucket, dimension: 4097, boundaries: [1]}"
                        + " | a.dimension: expected a whole number from 1 to 4096, found 4097",
                "a: {type: categorical-list, dimension: 1, max-length: 0}"
                        + " | a.max-length: expected a whole number from 1 to 10000, found 0",
                "a: {type: categorical-list, dimension: 1, pooling: max}"
                        + " | a.pooling: expected one of sum, mean, found \"max\"",
                "a: {type: bucket, dimension: 1}"
                        + " | a.boundaries: expected a list of 1 to 10000 ascending numbers such as"
                        + " [18, 25, 35]",
                "a: {type: bucket, dimension: 1, boundaries: [1, 2, 2]}"
                        + " | a.boundaries: expected ascending numbers, found 2.0 after 2.0",
                "a: {type: numeric, clip: [3, 3]}"
                        + " | a.clip: expected [min, max] with min less than max",
                "a: {type: numeric, clip: [3]}"
                        + " | a.clip: expected [min, max] with min less than max",
                "a: {type: numeric, standardize: {mean: 0, deviation: 0}}"
                        + " | a.standardize.deviation: must be greater than 0, found 0.0",
                "a: {type: numeric, standardize: runing}"
                        + " | a.standardize: expected running or {mean: ..., deviation: ...}, found"
                        + " \"runing\"",
                "a: {type: categorical, dimension: 2, min-count: -1}"
                        + " | a.min-count: expected a whole number from 0 to 1000000000, found -1",
                "a: {type: cross, of: [b, c], dimension: 2, ttl: 0s}"
                        + " | a.ttl: expected a duration from 1ms to 365d, found 0s",
                "a: {type: numeric, standardize: {mean: 0}}"
                        + " | a.standardize: the key \"deviation\" is missing (a number)",
                "a: {type: cyclic, field: timestamp, period: month}"
                        + " | a.period: expected one of hour, day, week, found \"month\"",
                "a: {type: cyclic, field: '', period: day}"
                        + " | a: a feature's name and field must have 1 to 100 printable"
                        + " characters",
                "a: {type: categorical, dimension: 1, period: day}"
                        + " | a.period: unknown key; allowed are type, field, dimension,"
                        + " min-count, ttl",
                "a: categorical | a: expected a map, found \"categorical\"",
            })
    void refusesOtherFeatures(String feature, String complaint) {
        assertThatThrownBy(() -> read(withFeatures(feature + "\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("model.yaml:5: features." + complaint);
    }

    @Test
    void needsASparseFeature() {
        assertThatThrownBy(() -> read(withFeatures("a: {type: numeric}\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessageEndingWith(
                        "features: at least one categorical, categorical-list or bucket feature"
                                + " is needed");
    }

    @Test
    void takesAsManySparseFeaturesAsThereAreSlots() {
        assertThat(read(withFeatures(categorical(1023))).features()).hasSize(1023);
        assertThatThrownBy(() -> read(withFeatures(categorical(1024))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("at most 1023")
                .hasMessageEndingWith("found 1024");
    }

    @Test
    void aRunningNumberTakesASlot() {
        String fixed = "n: {type: numeric, standardize: {mean: 1, deviation: 2}}\n";
        String running = "n: {type: numeric, standardize: running}\n";
        assertThat(read(withFeatures(categorical(1023) + fixed)).features()).hasSize(1024);
        assertThat(read(withFeatures(categorical(1022) + running)).features()).hasSize(1023);
        assertThatThrownBy(() -> read(withFeatures(categorical(1023) + running)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "features: at most 1023 categorical, categorical-list, bucket and cross"
                                + " features, and numbers with standardize: running, are possible,"
                                + " found 1024");
    }

    @Test
    void refusesAFeatureThatIsThereTwice() {
        String twice = "a: {type: categorical, dimension: 1}\n".repeat(2);

        assertThatThrownBy(() -> read(withFeatures(twice)))
                .isInstanceOf(ConfigException.class)
                .hasMessage("model.yaml:6: features.a: the key is already in line 5");
    }

    @Test
    void refusesAnArchitectureThatDoesNotFitTheFeatures() {
        String unequal =
                ModelSpecs.CLICKS.replaceAll(
                        "architecture: .*", "architecture: {type: dlrm, bottom: [8], top: [8]}");

        assertThatThrownBy(() -> read(unequal))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("model.yaml:15: architecture: dlrm needs");
    }

    private static ModelSpec read(String text) {
        ConfigNode root = ConfigNode.parse(text, "model.yaml");
        ModelSpec spec = ModelSpecReader.read(root);
        root.rejectUnknown();
        return spec;
    }

    private static String categorical(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "f" + i + ": {type: categorical, dimension: 1}\n")
                .collect(Collectors.joining());
    }

    private static String withObjective(String objective) {
        return ModelSpecs.CLICKS.replace("{type: click}", objective);
    }

    private static String withFeatures(String features) {
        int from = ModelSpecs.CLICKS.indexOf("  user:");
        int to = ModelSpecs.CLICKS.indexOf("architecture:");
        return ModelSpecs.CLICKS.substring(0, from)
                + features.indent(2)
                + ModelSpecs.CLICKS.substring(to);
    }
}
