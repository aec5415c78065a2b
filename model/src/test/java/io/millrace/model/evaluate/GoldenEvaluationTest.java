package io.millrace.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.evaluate.SeriesResult.ReliabilityBin;
import io.millrace.model.evaluate.SeriesResult.SliceResult;
import io.millrace.model.evaluate.SeriesResult.WindowResult;
import io.millrace.model.loss.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that is exact against an independent implementation: {@code
 * src/test/python/golden_evaluation.py} made the golden files and says how.
 */
final class GoldenEvaluationTest {

    private static final Offset<Double> TOLERANCE = within(1e-9);

    /** Enough for the exact test of the 8 windows. */
    private static final int REPLICATES = 256;

    private static final List<Series> SERIES =
            List.of(new Series("a", "0"), new Series("b", "0"), new Series("c", "0"));

    @ParameterizedTest
    @ValueSource(strings = {"clicks", "ratings"})
    void isTheIndependentImplementation(String kind) throws IOException {
        JsonNode golden =
                new ObjectMapper()
                        .readTree(
                                Path.of("src/test/resources/golden/evaluation", kind + ".json")
                                        .toFile());
        EvaluationResult result =
                Evaluation.of(
                        outcomes(golden, kind),
                        new EvaluationSettings(
                                golden.get("judge_from").asLong(),
                                Duration.ofMillis(golden.get("window").asLong()),
                                REPLICATES,
                                5));

        for (int i = 0; i < SERIES.size(); i++) {
            compare(result.series().get(i), golden.get("series").get(i));
        }
        compare(result.baseRate(), golden.get("base_rate"));
        assertThat(result.syncs()).isEmpty();
        compare(result.pipelines(), golden.get("comparisons"));
    }

    private static void compare(SeriesResult result, JsonNode golden) {
        assertThat(result.examples()).isEqualTo(golden.get("examples").asLong());
        Map<String, Double> values = new HashMap<>();
        result.metrics().forEach((name, estimate) -> values.put(name, estimate.value()));
        compare(values, golden.get("metrics"));
        assertThat(result.windows()).hasSameSizeAs(golden.get("windows"));
        for (int i = 0; i < result.windows().size(); i++) {
            WindowResult window = result.windows().get(i);
            JsonNode expected = golden.get("windows").get(i);
            assertThat(window.from()).isEqualTo(expected.get("from").asLong());
            assertThat(window.to() - window.from()).isEqualTo(Duration.ofHours(1).toMillis());
            assertThat(window.examples()).isEqualTo(expected.get("examples").asLong());
            compare(window.metrics(), expected.get("metrics"));
        }
        compareSlices(result.slices(), golden.get("slices"));
        assertThat(result.reliability()).hasSameSizeAs(golden.get("reliability"));
        for (int i = 0; i < result.reliability().size(); i++) {
            ReliabilityBin bin = result.reliability().get(i);
            JsonNode expected = golden.get("reliability").get(i);
            assertThat(bin.examples()).isEqualTo(expected.get("examples").asLong());
            assertThat(bin.prediction())
                    .isEqualTo(expected.get("prediction").asDouble(), TOLERANCE);
            assertThat(bin.label()).isEqualTo(expected.get("label").asDouble(), TOLERANCE);
        }
    }

    private static void compareSlices(List<SliceResult> slices, JsonNode golden) {
        Map<String, SliceResult> byName = new HashMap<>();
        slices.forEach(slice -> byName.put(slice.column() + "=" + slice.value(), slice));
        assertThat(slices).hasSameSizeAs(golden);
        for (JsonNode expected : golden) {
            String name = expected.get("column").asText() + "=" + expected.get("value").asText();
            assertThat(byName).containsKey(name);
            assertThat(byName.get(name).examples()).isEqualTo(expected.get("examples").asLong());
            compare(byName.get(name).metrics(), expected.get("metrics"));
        }
    }

    private static void compare(List<Comparison> comparisons, JsonNode golden) {
        for (JsonNode expected : golden) {
            List<Comparison> pair =
                    comparisons.stream()
                            .filter(c -> c.a() == SERIES.get(expected.get("a").asInt()))
                            .filter(c -> c.b() == SERIES.get(expected.get("b").asInt()))
                            .toList();
            Map<String, Double> differences = new HashMap<>();
            Map<String, Double> pValues = new HashMap<>();
            for (Comparison comparison : pair) {
                differences.put(comparison.metric(), comparison.difference());
                if (expected.get("p_values").has(comparison.metric())) {
                    pValues.put(comparison.metric(), comparison.pValue());
                }
            }
            compare(differences, expected.get("differences"));
            compare(pValues, expected.get("p_values"));
        }
        assertThat(comparisons.size())
                .isEqualTo(golden.size() * golden.get(0).get("differences").size());
    }

    private static void compare(Map<String, Double> values, JsonNode golden) {
        List<String> names = new ArrayList<>();
        golden.fieldNames().forEachRemaining(names::add);
        assertThat(values.keySet()).containsExactlyInAnyOrderElementsOf(names);
        values.forEach(
                (name, value) ->
                        assertThat(value)
                                .as(name)
                                .isEqualTo(golden.get(name).asDouble(), TOLERANCE));
    }

    private static Outcomes outcomes(JsonNode golden, String kind) {
        Objective objective =
                kind.equals("clicks") ? new Objective.Click() : new Objective.Rating(1, 5);
        float[][] predictions = new float[SERIES.size()][];
        for (int i = 0; i < predictions.length; i++) {
            predictions[i] = floats(golden.get("predictions").get(i));
        }
        long[] users = longs(golden.get("users"));
        return new Outcomes(
                objective,
                SERIES,
                longs(golden.get("times")),
                users,
                floats(golden.get("labels")),
                floats(golden.get("weights")),
                predictions,
                List.of(
                        SliceColumns.of("genre", false, texts(golden.at("/columns/genre"))),
                        SliceColumns.of("city", false, texts(golden.at("/columns/city"))),
                        SliceColumns.of("new:user", true, texts(golden.get("users")))));
    }

    private static float[] floats(JsonNode array) {
        float[] floats = new float[array.size()];
        for (int i = 0; i < floats.length; i++) {
            JsonNode number = array.get(i);
            floats[i] = number.isNull() ? Float.NaN : (float) number.asDouble();
        }
        return floats;
    }

    private static long[] longs(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .toArray();
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }
}
