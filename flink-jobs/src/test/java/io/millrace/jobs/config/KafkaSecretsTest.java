package io.millrace.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.config.ConfigException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pipeline file may say of secrets. */
class KafkaSecretsTest {

    private static final String SECRET = "hunter2";

    @Test
    void usageExample() {
        assertRefused(
                () -> read("ssl.key.password: " + SECRET),
                "pipeline.yaml:8: kafka.properties.ssl.key.password: a secret must not stand in the"
                        + " pipeline file; write ${env:NAME} for an environment variable,"
                        + " ${file:/path:key} for an entry of a properties file,"
                        + " ${directory:/path:file} for a whole file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssl.keystore.password: hunter2",
                "ssl.truststore.password: \"hunter2\"",
                "ssl.keystore.key: hunter2",
                "sasl.oauthbearer.client.credentials.client.secret: hunter2",
                "ssl.key.password: hunter2${env:REST}",
                "ssl.key.password: ${env:START}hunter2",
                "ssl.key.password: ${env:START}hunter2${env:END}",
                "ssl.key.password: ${hunter2}",
                "my.interceptor.password: hunter2",
                "my.sasl.jaas.config: hunter2",
                "sasl.jaas.config: L required username=\"u\" password=\"hunter2\";",
                "sasl.jaas.config: L required username=\"${env:U}\" password=\"hunter2\";",
                "sasl.jaas.config: L required username=\"${env:U}\" password=hunter2;",
                "sasl.jaas.config: L required clientId=\"${env:U}\" clientSecret = \"hunter2\";",
                "sasl.jaas.config: L required password=\"${env:U}hunter2\";",
                "sasl.jaas.config: L required user=\"hunter2\" password=${env:U};",
                "ssl.key.password: {hunter2: 1}",
                "ssl.key.password: [hunter2]",
            })
    void secretsAreRefusedWithoutBeingQuoted(String property) {
        assertRefused(() -> read(property), "pipeline.yaml:8: kafka.properties.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssl.key.password: ${env:KEY}",
                "ssl.key.password: ' ${file:/run/secrets/kafka.properties:key} '",
                "ssl.key.password: ${directory:/run/secrets:key}",
                "sasl.jaas.config: ${env:JAAS}",
                "sasl.jaas.config: L required username=\"me\" password=\"${env:PASSWORD}\";",
                "sasl.jaas.config: L required keyTab=\"/a\" principal=\"kafka/${env:HOST}@R\";",
                "sasl.oauthbearer.token.endpoint.url: https://example.org/token",
                "ssl.keystore.location: /etc/keys.p12",
                "client.id: ${NAME}",
            })
    void otherValuesStayAsTheyAre(String property) {
        String value = property.substring(property.indexOf(": ") + 2).replace("'", "");

        assertThat(read(property).kafka().properties()).containsValue(value);
    }

    @Test
    void aProviderThatNobodyKnowsIsAMistake() {
        assertRefused(
                () -> read("ssl.key.password: ${vault:/path:key}"),
                "nobody knows a provider \"vault\" of variables");

        assertThat(
                        read("config.providers: vault, ssl.key.password: \"${vault:/path:key}\"")
                                .kafka()
                                .properties())
                .hasSize(2);
    }

    @Test
    void textInPlaceOfTheMapIsNotQuoted() {
        assertRefused(
                () ->
                        PipelineConfigReader.read(
                                PipelineConfigReaderTest.MODEL
                                        + "kafka: {properties: ssl.key.password=hunter2}",
                                "pipeline.yaml"),
                "expected a map of properties");
    }

    private static PipelineConfig read(String property) {
        String text =
                property.startsWith("config.providers")
                        ? "kafka: {properties: {" + property + "}}"
                        : "kafka:\n  properties:\n    " + property;
        return PipelineConfigReader.read(PipelineConfigReaderTest.MODEL + text, "pipeline.yaml");
    }

    private static void assertRefused(ThrowingCallable read, String sentence) {
        assertThatThrownBy(read)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(sentence)
                .hasMessageNotContaining(SECRET);
    }
}
