package io.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.jobs.cli.cluster.ClusterMain;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.model.config.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class PipelineTest {

    private static final String DEPLOYMENTS = "io.millrace.deploy.kubernetes.Manifests#deployments";

    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void startsByTheEntryPoint(FlinkDeployment deployment) {
        JsonNode job = deployment.resource().at("/spec/job");

        assertThat(job.path("entryClass").asText()).isEqualTo(ClusterMain.class.getName());
        assertThat(job.path("jarURI").asText()).isEqualTo("local:///opt/flink/usrlib/millrace.jar");
        assertThatCode(() -> parse(deployment.arguments())).doesNotThrowAnyException();
        assertThat(deployment.name()).isEqualTo("millrace-" + deployment.arguments().get(0));
    }

    @Test
    void knowsArgumentsThatAreNone() {
        assertThatThrownBy(() -> parse(List.of("train", "--conf", "/etc/millrace/pipeline.yaml")))
                .isInstanceOf(CommandLine.ParameterException.class);
    }

    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void isTheFileThatTheJobReads(FlinkDeployment deployment) {
        List<String> arguments = deployment.arguments();
        String file = arguments.get(arguments.indexOf("--config") + 1);
        Mounts mounts = Mounts.of(deployment.jobManagerTemplate());

        assertThat(mounts.mountOf(file).orElseThrow().path("subPath").asText())
                .isEqualTo(Pipeline.FILE.getFileName().toString());
        String map = mounts.volumeAt(file).orElseThrow().at("/configMap/name").asText();
        JsonNode kustomization =
                Manifests.readOne(Manifests.ROOT.resolve("base/kustomization.yaml"));
        assertThat(kustomization.at("/configMapGenerator/0/name").asText()).isEqualTo(map);
        assertThat(kustomization.at("/configMapGenerator/0/files/0").asText())
                .isEqualTo(Pipeline.FILE.getFileName().toString());
    }

    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void keepsVersionsWhereAllProcessesSeeThem(FlinkDeployment deployment) {
        PipelineConfig pipeline = Pipeline.read();

        for (JsonNode template :
                List.of(deployment.jobManagerTemplate(), deployment.taskManagerTemplate())) {
            Mounts mounts = Mounts.of(template);
            String directory = pipeline.versions().directory();
            String claim =
                    mounts.volumeAt(directory)
                            .orElseThrow()
                            .at("/persistentVolumeClaim/claimName")
                            .asText();
            assertThat(claim(claim).at("/spec/accessModes/0").asText()).isEqualTo("ReadWriteMany");
            assertThat(mounts.mountOf(directory).orElseThrow().path("readOnly").asBoolean())
                    .isEqualTo(deployment.name().equals("millrace-score"));
        }
    }

    /** A container's root is read-only: what is written lies on a volume. */
    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void canBeWrittenWhereFlinkWrites(FlinkDeployment deployment) {
        Mounts mounts = Mounts.of(deployment.taskManagerTemplate());
        String plugin =
                Mounts.elements(mounts.mainContainer().path("env"))
                        .filter(
                                variable ->
                                        variable.path("name")
                                                .asText()
                                                .equals("ENABLE_BUILT_IN_PLUGINS"))
                        .map(variable -> variable.path("value").asText())
                        .findFirst()
                        .orElseThrow();

        for (String directory :
                List.of(
                        "/tmp",
                        "/opt/flink/log",
                        "/opt/flink/plugins/" + plugin.replace(".jar", ""))) {
            assertThat(mounts.volumeAt(directory))
                    .as(directory)
                    .hasValueSatisfying(volume -> assertThat(volume.has("emptyDir")).isTrue());
        }
    }

    /** Understood arguments end at the pipeline file, which is in the container only. */
    private static void parse(List<String> arguments) throws Exception {
        try {
            ClusterMain.main(arguments.toArray(String[]::new));
        } catch (ConfigException e) {
            assertThat(e).hasMessageContaining("/etc/millrace/pipeline.yaml");
        }
    }

    private static JsonNode claim(String name) {
        return Manifests.of("base")
                .ofKind("PersistentVolumeClaim")
                .filter(claim -> Manifests.name(claim).equals(name))
                .findFirst()
                .orElseThrow();
    }
}
