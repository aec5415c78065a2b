package io.millrace.jobs.cli.cluster;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.ParameterException;

/**
 * What is refused before anything reaches the cluster; what comes through is tried on real clusters
 * elsewhere.
 */
class ClusterMainTest {

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    train                    | Missing required option: '--config=FILE'
                    --config=x.yaml          | Missing required parameter: 'JOB'
                    learn --config=x.yaml    | Invalid value for positional parameter at index 0 (JOB): expected one of [TRAIN, SCORE] (case-insensitive) but was 'learn'
                    """)
    void saysWhatIsWrongWithArguments(String arguments, String message) {
        assertThatThrownBy(() -> ClusterMain.main(arguments.split(" ")))
                .isInstanceOf(ParameterException.class)
                .hasMessage(message);
    }

    @Test
    void needsBrokers() throws IOException {
        Path config = pipeline("", "/v", "/c");

        assertThatThrownBy(() -> ClusterMain.main(new String[] {"train", "--config=" + config}))
                .hasMessage(
                        config
                                + ": kafka.bootstrap-servers is missing; a job on a cluster needs"
                                + " Kafka brokers there or by --bootstrap-servers");
    }

    @Test
    void needsDirectoriesThatMeanTheSameInAllProcesses() throws IOException {
        Path versions = pipeline("kafka: {bootstrap-servers: h:1}", "v", "/c");
        assertThatThrownBy(() -> ClusterMain.main(new String[] {"train", "--config=" + versions}))
                .hasMessage(
                        versions
                                + ": versions.directory is the relative path v; on a cluster,"
                                + " expected an absolute one that all of its processes see");

        Path checkpoints = pipeline("kafka: {bootstrap-servers: h:1}", "/v", "c/d");
        assertThatThrownBy(
                        () -> ClusterMain.main(new String[] {"score", "--config=" + checkpoints}))
                .hasMessage(
                        checkpoints
                                + ": checkpoints.directory is the relative path c/d; on a cluster,"
                                + " expected an absolute one that all of its processes see");
    }

    private Path pipeline(String kafka, String versions, String checkpoints) throws IOException {
        return Files.writeString(
                directory.resolve("pipeline.yaml"),
                """
                model: m
                objective: {type: rating, min: 1, max: 5}
                features:
                  user: {type: categorical, dimension: 4}
                architecture: {type: fm}
                optimizers:
                  embedding: {type: adagrad}
                  dense: {type: adam}
                versions: {directory: %s}
                checkpoints: {directory: %s}
                %s
                """
                        .formatted(versions, checkpoints, kafka));
    }
}
