package io.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.TrainingJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalResourceOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FlinkConfigurationTest {

    private static final String DEPLOYMENTS = "io.millrace.deploy.kubernetes.Manifests#deployments";

    @TempDir Path scratch;

    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void hasOnlySettingsThatAreRead(FlinkDeployment deployment) {
        List<String> known = new ArrayList<>(FlinkOptions.byKey().keySet());
        known.addAll(FlinkOptions.OTHERS);

        assertThat(deployment.flinkConfiguration().keySet()).isSubsetOf(known);
    }

    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void hasValuesThatFlinkUnderstands(FlinkDeployment deployment) {
        Configuration configuration = Configuration.fromMap(deployment.flinkConfiguration());

        for (ConfigOption<?> option : FlinkOptions.byKey().values()) {
            assertThatCode(() -> configuration.getOptional(option))
                    .as(option.key())
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void keepsWhatMustSurviveInTheBucket(FlinkDeployment deployment) {
        Configuration configuration = deployment.configuration();

        assertThat(
                        List.of(
                                configuration.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY),
                                configuration.get(CheckpointingOptions.SAVEPOINT_DIRECTORY),
                                configuration.get(HighAvailabilityOptions.HA_STORAGE_PATH)))
                .allMatch(path -> path.startsWith("s3://"))
                .doesNotHaveDuplicates();
        assertThat(configuration.get(HighAvailabilityOptions.HA_MODE)).isEqualTo("kubernetes");
        assertThat(deployment.resource().at("/spec/job/upgradeMode").asText())
                .isEqualTo("savepoint");
    }

    /** The operator's configuration hides the image's, so both have to say it. */
    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void saysWhatTheImageSays(FlinkDeployment deployment) throws IOException {
        Map<String, String> settings = deployment.flinkConfiguration();
        Path image = Manifests.ROOT.resolveSibling("docker");

        Manifests.readOne(image.resolve("config.yaml"))
                .properties()
                .forEach(
                        setting ->
                                assertThat(settings)
                                        .containsEntry(
                                                setting.getKey(), setting.getValue().asText()));
        assertThat(
                        deployment
                                .resource()
                                .at("/spec/logConfiguration/log4j-console.properties")
                                .asText())
                .isEqualTo(Files.readString(image.resolve("log4j-console.properties")));
    }

    /** Flink reaches into these on Java 17. */
    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void opensJavaToFlink(FlinkDeployment deployment) {
        assertThat(deployment.configuration().get(CoreOptions.FLINK_JVM_OPTIONS).split("\\s+"))
                .doesNotHaveDuplicates()
                .allMatch(option -> option.matches("--add-(opens|exports)=[\\w./]+=ALL-UNNAMED"))
                .contains(
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--add-opens=java.base/java.util=ALL-UNNAMED",
                        "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED");
    }

    @Test
    void trainsWithRocksDbOnTheVolumeForIt() {
        FlinkDeployment training = Manifests.of("base").deployment("millrace-train");
        Configuration configuration = training.configuration();

        assertThat(configuration.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("rocksdb");
        String directory = configuration.get(RocksDBOptions.LOCAL_DIRECTORIES);
        assertThat(Mounts.of(training.taskManagerTemplate()).volumeAt(directory))
                .hasValueSatisfying(volume -> assertThat(volume.has("ephemeral")).isTrue());
        assertThat(Mounts.of(training.jobManagerTemplate()).volumeAt(directory)).isEmpty();
    }

    @Test
    void isNotRefusedByTraining() {
        for (String folder : List.of("base", "gpu")) {
            Configuration configuration =
                    Manifests.of(folder).deployment("millrace-train").configuration();

            assertThatCode(() -> build(configuration)).doesNotThrowAnyException();

            configuration.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
            assertThatThrownBy(() -> build(configuration))
                    .hasMessageContaining(CheckpointingOptions.ENABLE_UNALIGNED.key());
        }
    }

    @Test
    void givesTrainersTheGpusThatTheyAskFor() {
        Configuration configuration =
                Manifests.of("gpu").deployment("millrace-train").configuration();

        assertThat(configuration.get(ExternalResourceOptions.EXTERNAL_RESOURCE_LIST))
                .containsExactly("gpu");
        assertThat(configuration.toMap())
                .containsEntry("external-resource.gpu.amount", "1")
                .containsEntry("external-resource.gpu.kubernetes.config-key", "nvidia.com/gpu")
                .containsEntry(
                        "external-resource.gpu.driver-factory.class",
                        "org.apache.flink.externalresource.gpu.GPUDriverFactory");
        assertThat(Manifests.of("base").deployment("millrace-train").flinkConfiguration().keySet())
                .noneMatch(key -> key.startsWith("external-resource"));
    }

    private void build(Configuration configuration) {
        new TrainingJob(Pipeline.withSecretsIn(scratch), 0, null)
                .build(StreamExecutionEnvironment.getExecutionEnvironment(configuration));
    }
}
