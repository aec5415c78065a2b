package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measurements too short to tell much, but whole. */
class BenchITCase {

    private static final int VALUES = 20_000;

    @TempDir Path directory;

    @Test
    void measuresTrainingInEveryWayOfThisProcess() throws IOException {
        Path file = directory.resolve("result.json");

        CommandLineRun run =
                CommandLineRun.of(
                        "bench",
                        "train",
                        "--models",
                        "mlp",
                        "--modes",
                        "bare,no-kafka,job",
                        "--warm-up",
                        "1s",
                        "--window",
                        "2s",
                        "--checkpoint-every",
                        "500ms",
                        "--values",
                        VALUES,
                        "--micro-batch",
                        256,
                        "--json",
                        file);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("mlp", "bare", "no-kafka", "job");
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        JsonNode runs = json.get("runs");
        assertThat(runs).hasSize(3);
        assertThat(runs.findValuesAsText("model")).containsOnly("mlp");
        assertThat(runs.findValuesAsText("mode")).containsExactly("bare", "no-kafka", "job");
        for (JsonNode each : runs) {
            assertThat(each.fieldNames())
                    .toIterable()
                    .containsExactly(
                            "model",
                            "mode",
                            "rate",
                            "cpu_seconds_per_million",
                            "checkpoint_pause_share",
                            "cache_hit_rate");
            assertThat(each.get("rate").longValue()).isPositive();
            assertThat(each.get("cpu_seconds_per_million").doubleValue()).isPositive();
            assertThat(each.get("checkpoint_pause_share").doubleValue()).isBetween(0.0, 1.0);
            assertThat(each.get("cache_hit_rate").doubleValue()).isBetween(0.5, 1.0);
        }
        assertThat(runs.get(0).get("checkpoint_pause_share").doubleValue()).isZero();
        double bare = runs.get(0).get("rate").doubleValue();
        double job = runs.get(2).get("rate").doubleValue();
        assertThat(json.at("/ratio/mlp").doubleValue()).isCloseTo(job / bare, within(1e-3));
        assertThat(json.get("ratio_to_pytorch")).isEmpty();
    }

    @Test
    void measuresWhatManyRowsCost() throws IOException {
        Path file = directory.resolve("result.json");

        CommandLineRun run =
                CommandLineRun.of(
                        "bench",
                        "rows",
                        "--values",
                        VALUES,
                        "--warm-up",
                        "1s",
                        "--window",
                        "2s",
                        "--checkpoint-every",
                        "500ms",
                        "--json",
                        file);

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode runs = new ObjectMapper().readTree(file.toFile()).get("runs");
        assertThat(runs).hasSize(1);
        JsonNode only = runs.get(0);
        assertThat(only.fieldNames())
                .toIterable()
                .containsExactly(
                        "rows",
                        "rate",
                        "cpu_seconds_per_million",
                        "checkpoint_pause_share",
                        "cache_hit_rate",
                        "checkpoint_ms",
                        "changed_rows",
                        "state_bytes_per_row",
                        "bytes_per_row");
        assertThat(only.get("rows").longValue()).isBetween((long) VALUES, VALUES + 25L);
        assertThat(only.get("rate").longValue()).isPositive();
        assertThat(only.get("cpu_seconds_per_million").doubleValue()).isPositive();
        assertThat(only.get("cache_hit_rate").doubleValue())
                .as("a cache for a tenth of the rows")
                .isStrictlyBetween(0.0, 0.99);
        assertThat(only.get("checkpoint_ms").longValue()).isPositive();
        assertThat(only.get("changed_rows").longValue()).isPositive();
        // 32 floats, their header and key; and the network by row.
        assertThat(only.get("state_bytes_per_row").doubleValue()).isBetween(154.0, 400.0);
        assertThat(only.get("bytes_per_row").doubleValue()).isGreaterThan(100);
    }

    @Test
    void measuresScoringUnderLoadAndAlone() throws IOException {
        Path file = directory.resolve("result.json");

        // No answer comes back through Kafka within a millisecond, so the first load is the last.
        CommandLineRun run =
                CommandLineRun.of(
                        "bench",
                        "score",
                        "--models",
                        "mlp",
                        "--values",
                        VALUES,
                        "--candidates",
                        10,
                        "--rate",
                        40,
                        "--limit",
                        "1ms",
                        "--warm-up",
                        "100ms",
                        "--window",
                        "1s",
                        "--json",
                        file);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("p99 is above 1 ms at 40 requests/s");
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.get("loads")).hasSize(1);
        JsonNode load = json.at("/loads/0");
        assertThat(load.get("requests_per_second").doubleValue()).isEqualTo(40);
        assertThat(load.get("candidates_per_second").doubleValue()).isEqualTo(400);
        assertThat(load.get("tries")).hasSize(3);
        for (JsonNode one : load.get("tries")) {
            assertThat(one.get("sent_per_second").doubleValue()).isBetween(20.0, 40.0);
            assertThat(one.get("unanswered").longValue()).isZero();
            assertThat(one.get("p99_ms").doubleValue())
                    .isGreaterThan(1)
                    .isGreaterThanOrEqualTo(one.get("p50_ms").doubleValue());
        }
        assertThat(json.at("/highest/mlp").isNull()).isTrue();
        JsonNode alone = json.at("/alone/0");
        double bare = alone.get("bare_rate").doubleValue();
        assertThat(json.at("/ratio_of_examples/mlp").doubleValue())
                .isCloseTo(alone.get("examples_rate").doubleValue() / bare, within(1e-3));
        assertThat(json.at("/ratio_of_requests/mlp").doubleValue())
                .isCloseTo(alone.get("requests_rate").doubleValue() / bare, within(1e-3));
        double bareModel = alone.get("bare_model_rate").doubleValue();
        assertThat(json.at("/ratio_of_examples_to_model/mlp").doubleValue())
                .isCloseTo(alone.get("examples_rate").doubleValue() / bareModel, within(1e-3));
        assertThat(json.at("/ratio_of_requests_to_model/mlp").doubleValue())
                .isCloseTo(alone.get("requests_rate").doubleValue() / bareModel, within(1e-3));
    }

    @Test
    void measuresHowLongEventsTakeToServe() throws IOException {
        Path file = directory.resolve("result.json");

        CommandLineRun run =
                CommandLineRun.of(
                        "bench",
                        "freshness",
                        "--models",
                        "mlp",
                        "--values",
                        VALUES,
                        "--rate",
                        500,
                        "--version-every",
                        "200ms",
                        "--warm-up",
                        "500ms",
                        "--window",
                        "2s",
                        "--json",
                        file);

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode only = new ObjectMapper().readTree(file.toFile()).at("/runs/0");
        assertThat(only.fieldNames())
                .toIterable()
                .containsExactly(
                        "model",
                        "peak_rate",
                        "wanted_rate",
                        "rate",
                        "events",
                        "versions",
                        "p50_ms",
                        "p99_ms");
        assertThat(only.get("peak_rate").isNull()).isTrue();
        assertThat(only.get("wanted_rate").longValue()).isEqualTo(500);
        assertThat(only.get("events").longValue()).isBetween(500L, 1500L);
        assertThat(only.get("rate").doubleValue()).isBetween(250.0, 750.0);
        assertThat(only.get("versions").longValue()).isPositive();
        assertThat(only.get("p50_ms").doubleValue()).isBetween(10.0, 20_000.0);
        assertThat(only.get("p99_ms").doubleValue())
                .isGreaterThan(only.get("p50_ms").doubleValue());
    }
}
