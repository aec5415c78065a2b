package io.millrace.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.label.ExampleRecipe;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.config.ModelSpecReader;
import io.millrace.model.stream.StreamSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BacktestExamplesTest {

    private static final ModelSpec PLAIN = spec("device: {type: categorical, dimension: 4}");
    private static final ModelSpec PRICED = spec("price: {type: numeric}");

    private final ExampleRecipe.Opened<BacktestExample> examples =
            new BacktestExamples(
                            List.of(PLAIN, PRICED),
                            List.of(StreamSpec.NONE, StreamSpec.NONE),
                            List.of("user", "item", "device", "price", "tags"))
                    .open();

    @Test
    void usageExample() throws Exception {
        BacktestExample example =
                examples.make(
                        "ann",
                        "lamp",
                        Map.of("device", "phone", "price", 2.5, "tags", List.of("a", "b")),
                        17);

        assertThat(example.slices()).containsExactly("ann", "lamp", "phone", "2.5", "a, b");
        assertThat(example.eventTime()).isEqualTo(17);
        assertThat(example.weight()).isEqualTo(1);
        assertThat(example.problems()).isEmpty();
        assertThat(example.labelled(1, 0.5f).example(1).numeric()).containsExactly(2.5f);
        assertThat(example.labelled(1, 0.5f).example(0).label()).isEqualTo(1);
        assertThat(example.labelled(1, 0.5f).example(0).weight()).isEqualTo(0.5f);
    }

    @Test
    void whatOnePipelineCannotUseIsAProblem() throws Exception {
        BacktestExample example = examples.make("ann", "lamp", Map.of("price", "cheap"), 17);

        assertThat(example.example(0)).isNotNull();
        assertThat(example.example(1)).isNull();
        assertThat(example.problems()).hasSize(1);
        assertThat(example.problems().get(0).pipeline()).isEqualTo(1);
        assertThat(example.problems().get(0).detail()).contains("price");
        assertThat(example.of(9).problems()).isEmpty();
        assertThat(example.of(9).number()).isEqualTo(9);
    }

    @Test
    void whatNoPipelineCanUseIsAProblemOfAll() throws Exception {
        BacktestExample example =
                new BacktestExamples(
                                List.of(PRICED, PRICED),
                                List.of(StreamSpec.NONE, StreamSpec.NONE),
                                List.of())
                        .open()
                        .make("ann", "lamp", Map.of("price", "cheap"), 17);

        assertThat(example.examples()).containsOnlyNulls();
        assertThat(example.problems()).hasSize(2);
    }

    @Test
    void theDigestIsOfTheContentsAndNotOfTheirOrder() throws Exception {
        Map<String, Object> features = new LinkedHashMap<>();
        features.put("device", "phone");
        features.put("price", 2.5);
        Map<String, Object> reversed = new LinkedHashMap<>();
        reversed.put("price", 2.5);
        reversed.put("device", "phone");
        long digest = examples.make("ann", "lamp", features, 17).digest();

        assertThat(examples.make("ann", "lamp", reversed, 17).digest()).isEqualTo(digest);
        assertThat(examples.make("annl", "amp", features, 17).digest()).isNotEqualTo(digest);
        reversed.put("price", 2.6);
        assertThat(examples.make("ann", "lamp", reversed, 17).digest()).isNotEqualTo(digest);
        reversed.put("price", null);
        assertThat(examples.make("ann", "lamp", reversed, 17).digest()).isNotEqualTo(digest);
    }

    @Test
    void usersAreToldApartByTheirDigest() throws Exception {
        long ann = examples.make("ann", "lamp", Map.of(), 17).user();

        assertThat(examples.make("ann", "desk", Map.of(), 18).user()).isEqualTo(ann);
        assertThat(examples.make("bob", "lamp", Map.of(), 17).user()).isNotEqualTo(ann);
    }

    @Test
    void slicesAreShort() throws Exception {
        String value = examples.make("u".repeat(1_000), "lamp", Map.of(), 17).slices().get(0);

        assertThat(value).hasSize(257).endsWith("u…");
        assertThat(examples.make("ann", "lamp", Map.of(), 17).slices().get(2)).isEmpty();
    }

    private static ModelSpec spec(String feature) {
        return ModelSpecReader.read(
                ConfigNode.parse(
                        """
                        model: test
                        objective: {type: click}
                        features:
                          user: {type: categorical, dimension: 4}
                          %s
                        architecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
                        optimizers:
                          embedding: {type: adagrad, learning-rate: 0.1}
                          dense: {type: adagrad, learning-rate: 0.02}
                        """
                                .formatted(feature),
                        "test.yaml"));
    }
}
