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
                        "bytes_per_row");
        assertThat(only.get("rows").longValue()).isBetween((long) VALUES, VALUES + 25L);
        assertThat(only.get("rate").longValue()).isPositive();
        assertThat(only.get("cpu_seconds_per_million").doubleValue()).isPositive();
        assertThat(only.get("cache_hit_rate").doubleValue())
                .as("a cache for a tenth of the rows")
                .isStrictlyBetween(0.0, 0.99);
        assertThat(only.get("checkpoint_ms").longValue()).isPositive();
        assertThat(only.get("changed_rows").longValue()).isPositive();
        assertThat(only.get("bytes_per_row").doubleValue()).isGreaterThan(100);
    }
}
