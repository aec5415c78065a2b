package io.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.jobs.config.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SecretsTest {

    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i).*(password|secret|token|credential|access.?key).*");

    /** Keys of AWS, private keys, passwords in JAAS and in addresses. */
    private static final Pattern SECRET =
            Pattern.compile(
                    "AKIA[0-9A-Z]{16}|-----BEGIN|(?i)password\\s*[=:]\\s*\\S|://[^/\\s]*:[^/\\s]*@");

    @Test
    void areNowhereInTheManifests() throws IOException {
        try (Stream<Path> files = Files.walk(Manifests.ROOT)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(SECRET.matcher(Files.readString(file)).find()).as("%s", file).isFalse();
            }
        }
        assertThat(Manifests.of("gpu").ofKind("Secret")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.millrace.deploy.kubernetes.Manifests#deployments")
    void comeIntoTheEnvironmentByReference(FlinkDeployment deployment) {
        assertThat(deployment.flinkConfiguration().keySet())
                .noneMatch(key -> SECRET_NAME.matcher(key).matches());
        for (JsonNode template :
                List.of(deployment.jobManagerTemplate(), deployment.taskManagerTemplate())) {
            assertThat(Mounts.elements(Mounts.of(template).mainContainer().path("env")))
                    .filteredOn(
                            variable ->
                                    SECRET_NAME.matcher(variable.path("name").asText()).matches())
                    .hasSize(2)
                    .allMatch(variable -> !variable.has("value"))
                    .allMatch(variable -> variable.at("/valueFrom/secretKeyRef").has("name"));
        }
    }

    @ParameterizedTest
    @MethodSource("io.millrace.deploy.kubernetes.Manifests#deployments")
    void ofKafkaAreFilesOfASecret(FlinkDeployment deployment) {
        PipelineConfig.Kafka kafka = Pipeline.read().kafka();
        Map<String, ConfigDef.ConfigKey> known = ConsumerConfig.configDef().configKeys();
        List<String> passwords =
                kafka.properties().keySet().stream()
                        .filter(known::containsKey)
                        .filter(key -> known.get(key).type == ConfigDef.Type.PASSWORD)
                        .toList();

        assertThat(kafka.properties()).containsEntry("security.protocol", "SASL_SSL");
        assertThat(passwords).isNotEmpty();
        for (String password : passwords) {
            assertThat(kafka.properties().get(password))
                    .matches("\\$\\{directory:/etc/millrace/kafka:[\\w.]+}");
        }
        for (JsonNode template :
                List.of(deployment.jobManagerTemplate(), deployment.taskManagerTemplate())) {
            assertThat(Mounts.of(template).volumeAt(Pipeline.SECRETS))
                    .hasValueSatisfying(
                            volume -> assertThat(volume.at("/secret").has("secretName")).isTrue());
        }
    }
}
