package io.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FlinkDeploymentSchemaTest {

    private static OperatorSchema schema;

    @BeforeAll
    static void loadSchema() {
        schema = OperatorSchema.load();
    }

    @ParameterizedTest
    @MethodSource("io.millrace.deploy.kubernetes.Manifests#deployments")
    void isWhatTheOperatorTakes(FlinkDeployment deployment) {
        assertThat(schema.mistakes(deployment.resource())).isEmpty();
        assertThat(deployment.resource().path("apiVersion").asText())
                .isEqualTo("flink.apache.org/v1beta1");
    }

    @ParameterizedTest
    @MethodSource("io.millrace.deploy.kubernetes.Manifests#deployments")
    void isOfTheFlinkOfThisBuild(FlinkDeployment deployment) {
        assertThat(deployment.resource().at("/spec/flinkVersion").asText())
                .isEqualTo(
                        EnvironmentInformation.getVersion()
                                .replaceFirst("(\\d+)\\.(\\d+).*", "v$1_$2"));
    }

    @Test
    void addsNoVersionOfFlinkThatTheDefinitionKnows() {
        assertThat(schema.flinkVersions())
                .contains("v1_20")
                .doesNotContain(OperatorSchema.NEWER_FLINK);
    }

    @ParameterizedTest
    @CsvSource({
        "/spec, jobs, text",
        "/spec/job, savepoint, text",
        "/spec/job, upgradeMode, sometimes",
        "/spec/job, parallelism, many",
        "/spec/flinkConfiguration, a.list, []",
        "/spec/podTemplate/spec, containerz, text",
        "/spec/podTemplate/spec/containers/0/securityContext, runAsRoot, text",
        "/spec/taskManager/podTemplate/spec/volumes/0/ephemeral, size, text",
        "/spec, flinkVersion, v9_9"
    })
    void refusesWhatTheOperatorDoesNotKnow(String place, String field, String value) {
        JsonNode changed = Manifests.of("base").deployment("millrace-train").resource();
        ObjectNode parent = (ObjectNode) changed.at(place);
        if (value.equals("[]")) {
            parent.putArray(field);
        } else {
            parent.put(field, value);
        }

        assertThat(schema.mistakes(changed)).hasSize(1).first().asString().contains(field);
    }
}
