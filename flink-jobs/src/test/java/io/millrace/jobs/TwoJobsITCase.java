package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.model.version.Manifest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several training jobs in one JVM, with one native engine and one reply exchange between them. */
@Tag("kafka")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class TwoJobsITCase {

    private static final int RATINGS = 10_000;
    private static final long SEED = 5;

    @TempDir private static Path directory;
    private static TestKafka kafka;
    private static EmbeddedFlink flink;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start(directory);
        flink = EmbeddedFlink.start(directory, 8);
        TestTopics.create(kafka);
        TestRatings.send(kafka, RATINGS, SEED);
    }

    @AfterAll
    static void stop() throws Exception {
        IOUtils.closeAll(flink, kafka);
    }

    @Test
    void oneAfterTheOther() throws Exception {
        PipelineConfig config = pipeline("again", 1);

        submit(config, 0).getJobExecutionResult().get();
        Manifest first = VersionRows.newest(config);
        submit(config, first.version()).getJobExecutionResult().get();
        Manifest second = VersionRows.newest(config);

        assertTrainedOnce(config, first);
        assertThat(second.version()).isGreaterThan(first.version());
        assertTrainedOnce(config, second);
    }

    /** Of the same name, so that nothing but the job tells one's trainers from the other's. */
    @Test
    void twoAtOnceWithTwoTrainersEach() throws Exception {
        List<PipelineConfig> configs = List.of(pipeline("left", 2), pipeline("right", 2));

        List<JobClient> jobs = List.of(submit(configs.get(0), 0), submit(configs.get(1), 0));
        for (JobClient job : jobs) {
            job.getJobExecutionResult().get();
        }

        for (PipelineConfig config : configs) {
            assertTrainedOnce(config, VersionRows.newest(config));
        }
    }

    private static PipelineConfig pipeline(String folder, int parallelism) {
        return TestPipelines.of(
                TestModels.ratings("same"),
                kafka,
                directory.resolve(folder),
                parallelism,
                parallelism);
    }

    private static JobClient submit(PipelineConfig config, long newestVersion) throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        new TrainingJob(config, newestVersion, Map.of("ratings", Map.of(0, (long) RATINGS)))
                .build(env);
        return env.executeAsync("train");
    }

    /** Every rating has updated its rows, and its predictions were of some use. */
    private static void assertTrainedOnce(PipelineConfig config, Manifest manifest)
            throws Exception {
        assertThat(manifest.examples()).isEqualTo(RATINGS);
        assertThat(manifest.metrics().get("rmse")).isBetween(0.1, 1.2);
        assertThat(VersionRows.exampleCounts(config, manifest.version()))
                .isEqualTo(TestRatings.exampleCounts(RATINGS, SEED, config.model()));
    }
}
