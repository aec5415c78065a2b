package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoITCase {

    private static final String TEMPORARY = "java.io.tmpdir";

    @TempDir Path directory;
    private String before;

    @BeforeEach
    void ownTemporaryDirectory() throws IOException {
        before = System.getProperty(TEMPORARY);
        System.setProperty(TEMPORARY, Files.createDirectory(directory.resolve("tmp")).toString());
    }

    @AfterEach
    void formerTemporaryDirectory() {
        System.setProperty(TEMPORARY, before);
    }

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
        try (Stream<Path> files = Files.list(directory.resolve("tmp"))) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("millrace-")))
                    .isEmpty();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("tail-") || name.startsWith("demo-"));
    }
}
