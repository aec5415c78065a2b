package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent to a cluster, and kept by it for its own recovery, holds no secret. */
class JobGraphSecretsTest {

    private static final String SECRET = "sesame-of-the-graph";

    @TempDir Path directory;

    @Test
    void jobGraphsHoldVariablesNotTheirValues() throws IOException {
        Path file = Files.writeString(directory.resolve("key"), SECRET);
        PipelineConfig config =
                PipelineConfigReader.read(TestModels.ratings("test"), "test.yaml")
                        .withVersionsDirectory(directory.toString())
                        .withKafka(
                                new PipelineConfig.Kafka(
                                        "kafka:9092",
                                        Map.of(
                                                "ssl.key.password",
                                                "${directory:" + directory + ":key}")));

        assertVariableOnly(new TrainingJob(config, 0, null)::build, file);
        assertVariableOnly(new ScoringJob(config)::build, file);
    }

    private static void assertVariableOnly(Consumer<StreamExecutionEnvironment> job, Path file)
            throws IOException {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        job.accept(env);
        String bytes =
                new String(
                        InstantiationUtil.serializeObject(env.getStreamGraph().getJobGraph()),
                        StandardCharsets.ISO_8859_1);
        assertThat(bytes.contains("${directory:" + file.getParent() + ":key}")).isTrue();
        assertThat(bytes.contains(SECRET)).isFalse();
    }
}
