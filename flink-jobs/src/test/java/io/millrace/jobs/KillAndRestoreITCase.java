package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.embedded.EmbeddedKafka;
import io.millrace.model.ModelSpec;
import io.millrace.model.version.Manifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Exactly once: a job that is killed at random points ends with the same number of examples in
 * every row as one that was left alone.
 */
class KillAndRestoreITCase {

    private static final int RATINGS = 80_000;
    private static final int FAILURES = 4;

    @TempDir private static Path directory;
    private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(directory);
        TestTopics.create(kafka);
        TestRatings.send(kafka, RATINGS, 11);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    static Stream<Arguments> parallelismsAndSeeds() {
        return Stream.of(1, 2)
                .flatMap(
                        parallelism ->
                                Stream.of(1, 2, 3, 4, 5)
                                        .map(seed -> Arguments.of(parallelism, seed)));
    }

    @ParameterizedTest
    @MethodSource("parallelismsAndSeeds")
    void everyExampleCountsOnceWhateverFails(int parallelism, int seed) throws Exception {
        SortedMap<Long, Long> undisturbed = TestRatings.exampleCounts(RATINGS, 11, spec());
        PipelineConfig config =
                TestPipelines.ratings(
                        kafka,
                        directory.resolve(parallelism + "-" + seed),
                        parallelism,
                        parallelism);

        Faults.plan(seed, FAILURES, () -> VersionRows.newestVersion(config));
        runWithFailures(config, seed);

        assertThat(Faults.thrown()).as("failures in operators").isEqualTo(FAILURES);
        Manifest last = VersionRows.newest(config);
        assertThat(last.examples()).isEqualTo(RATINGS);
        assertThat(last.offsets()).containsEntry("ratings", Map.of(0, (long) RATINGS));
        assertThat(VersionRows.exampleCounts(config, last.version())).isEqualTo(undisturbed);
    }

    private static ModelSpec spec() {
        return TestPipelines.ratings(kafka, directory, 1, 1).model();
    }

    /**
     * Operators throw as planned; once, when a third version is there, the task manager dies too.
     */
    private static void runWithFailures(PipelineConfig config, int seed) throws Exception {
        Configuration quickRestarts = new Configuration();
        quickRestarts.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        quickRestarts.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(50));
        quickRestarts.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1000);
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 4)) {
            StreamExecutionEnvironment env = flink.environment(quickRestarts);
            new TrainingJob(
                            config.withModel(Faults.in(config.model())),
                            0,
                            Map.of("ratings", Map.of(0, (long) RATINGS)))
                    .build(env);
            JobClient job = env.executeAsync("kill and restore " + seed);
            if (Await.until(
                    () -> VersionRows.catalog(config).versions().size() >= 1 + seed,
                    () -> job.getJobExecutionResult().isDone())) {
                flink.terminateTaskManager(0);
                flink.startTaskManager();
            }
            job.getJobExecutionResult().get();
        }
    }
}
