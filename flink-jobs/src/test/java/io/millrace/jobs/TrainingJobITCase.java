package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.VersionCatalog;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
class TrainingJobITCase {

    private static final int RATINGS = 20_000;

    @TempDir private static Path directory;
    private static TestKafka kafka;
    private static EmbeddedFlink flink;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start(directory);
        flink = EmbeddedFlink.start(directory, 4);
        TestTopics.create(kafka);
        TestRatings.send(kafka, RATINGS, 7);
    }

    @AfterAll
    static void stop() throws Exception {
        IOUtils.closeAll(flink, kafka);
    }

    @Test
    void usageExample() throws Exception {
        PipelineConfig config = TestPipelines.ratings(kafka, directory.resolve("usage"), 1, 1);

        StreamExecutionEnvironment env = flink.environment();
        new TrainingJob(config, 0, Map.of("ratings", Map.of(0, (long) RATINGS))).build(env);
        env.execute("usage");

        VersionCatalog catalog =
                new VersionCatalog(
                        new LocalVersionStorage(Path.of(config.versions().directory())),
                        config.model().name());
        Manifest last = catalog.manifest(catalog.newest().getAsLong());
        assertThat(last.examples()).isEqualTo(RATINGS);
        assertThat(last.offsets()).containsEntry("ratings", Map.of(0, (long) RATINGS));
        assertThat(last.metrics().get("rmse")).isBetween(0.1, 1.2);
    }
}
