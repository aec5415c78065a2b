package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoITCase {

    @TempDir Path directory;

    @Test
    void learnsPublishesAndServes() throws IOException {
        Path file = directory.resolve("result.json");

        CommandLineRun run =
                CommandLineRun.of("demo", "--duration", "12s", "--rate", 2000, "--json", file);

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode result = new ObjectMapper().readTree(file.toFile());
        assertThat(result.get("events").longValue()).isGreaterThan(24_000);
        // Only the impressions of the last second's attribution windows have no label yet.
        assertThat(result.get("examples").longValue()).isBetween(20_000L, 24_000L);
        assertThat(result.get("trained")).isEqualTo(result.get("examples"));
        assertThat(result.get("versions").longValue()).isGreaterThan(2);
        assertThat(result.get("scores").longValue()).isPositive();
        assertThat(result.get("auc").doubleValue())
                .isGreaterThan(0.5)
                .isLessThan(result.get("oracle_auc").doubleValue());
        assertThat(result.at("/freshness_ms/p50").doubleValue()).isPositive();
        assertThat(result.at("/score_latency_ms/p99").doubleValue()).isPositive();
        assertThat(run.out()).contains("Versions", "freshness", "ceiling");
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() throws IOException {
        String own = "millrace-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.startsWith(own));
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("tail-") || name.startsWith("demo-"));
    }
}
