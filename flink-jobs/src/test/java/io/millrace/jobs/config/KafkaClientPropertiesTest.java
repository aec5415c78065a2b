package io.millrace.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaClientPropertiesTest {

    private static final String KEY = "ssl.key.password";

    @TempDir Path secrets;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(secrets.resolve("kafka.properties"), "key=from-a-file\n");
        Files.writeString(secrets.resolve("key"), "from-a-directory\n");
    }

    @Test
    void usageExample() {
        Map<String, String> properties = of(KEY, "${directory:" + secrets + ":key}");

        assertThat(properties)
                .containsEntry("bootstrap.servers", "kafka:9092")
                .containsEntry(KEY, "${directory:" + secrets + ":key}");
        assertThat(resolved(properties)).isEqualTo("from-a-directory");
    }

    @Test
    void clientsFillInVariablesOfAllKinds() {
        assertThat(resolved(of(KEY, "${file:" + secrets.resolve("kafka.properties") + ":key}")))
                .isEqualTo("from-a-file");
        assertThat(resolved(of(KEY, "${env:PATH}"))).isEqualTo(System.getenv("PATH"));
    }

    @Test
    void propertiesWithoutVariablesStayAlone() {
        assertThat(of("linger.ms", "5"))
                .isEqualTo(Map.of("linger.ms", "5", "bootstrap.servers", "kafka:9092"));
    }

    @Test
    void providersOfThePipelineFileAreKeptAndComeFirst() {
        Map<String, String> properties =
                of(
                        Map.of(
                                "config.providers",
                                "vault, env",
                                "config.providers.vault.class",
                                "a.Vault",
                                "config.providers.env.class",
                                "an.Env",
                                KEY,
                                "${env:MILLRACE_TEST_UNSET}"));

        assertThat(properties)
                .containsEntry("config.providers", "vault,env,file,directory")
                .containsEntry("config.providers.vault.class", "a.Vault")
                .containsEntry("config.providers.env.class", "an.Env")
                .containsEntry(
                        "config.providers.file.class", StrictFileConfigProvider.class.getName());
    }

    @Test
    void whatIsAbsentIsToldWithItsProperty() {
        assertAbsent(
                "${env:MILLRACE_TEST_UNSET}",
                "the environment variable MILLRACE_TEST_UNSET is not set in this process");
        assertAbsent(
                "${file:" + secrets + "/absent:key}", "there is no file " + secrets + "/absent");
        assertAbsent(
                "${file:" + secrets + "/kafka.properties:absent}",
                "the file " + secrets + "/kafka.properties has no entry absent");
        assertAbsent(
                "${directory:" + secrets + ":absent}", "there is no file " + secrets + "/absent");
        assertAbsent(
                "${directory:" + secrets + "/nowhere:key}",
                "there is no file " + secrets + "/nowhere/key");
    }

    /** The check is in the process that starts a job; clients are in others too. */
    @Test
    void aClientFailsByItselfWhenSomethingIsAbsent() {
        Map<String, String> properties = of(KEY, "${directory:" + secrets + ":key}");
        secrets.resolve("key").toFile().delete();

        assertThatThrownBy(() -> resolved(properties))
                .hasMessageContaining("there is no file " + secrets.resolve("key"));
    }

    @Test
    void whatCannotStandInQuotesIsRefusedThere() throws IOException {
        String jaas = "L required password=\"${directory:" + secrets + ":key}\";";
        for (String bad : new String[] {"a\"b", "a\\b", "a\nb", "a\\"}) {
            Files.writeString(secrets.resolve("key"), bad);
            assertThatThrownBy(() -> of("sasl.jaas.config", jaas))
                    .hasMessageContaining("sasl.jaas.config, ${directory:")
                    .hasMessageContaining("a quote, a backslash or a line break")
                    .hasMessageNotContaining(bad);
        }
        for (String good : new String[] {"a;b=c ${x:y}'", "a\\\"b\\\\"}) {
            Files.writeString(secrets.resolve("key"), good);
            assertThat(of("sasl.jaas.config", jaas)).containsEntry("sasl.jaas.config", jaas);
        }
    }

    @Test
    void aPipelineWithoutBrokersIsRefused() {
        assertThatThrownBy(() -> KafkaClientProperties.of(config(null, Map.of())))
                .hasMessageContaining("the pipeline m names no Kafka brokers");
    }

    private static void assertAbsent(String variable, String sentence) {
        assertThatThrownBy(() -> of(KEY, variable))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("kafka.properties." + KEY + ", " + variable + ": ")
                .hasMessageContaining(sentence);
    }

    private static Map<String, String> of(String key, String value) {
        return of(Map.of(key, value));
    }

    private static Map<String, String> of(Map<String, String> properties) {
        return KafkaClientProperties.of(config("kafka:9092", properties));
    }

    private static PipelineConfig config(String servers, Map<String, String> properties) {
        return PipelineConfigReader.read(PipelineConfigReaderTest.MODEL, "pipeline.yaml")
                .withKafka(new PipelineConfig.Kafka(servers, properties));
    }

    /** What Kafka's own clients make of the key's password. */
    private static String resolved(Map<String, String> properties) {
        String admin = password(new AdminClientConfig(properties).getPassword(KEY));
        assertThat(password(new ConsumerConfig(consumer(properties)).getPassword(KEY)))
                .isEqualTo(admin);
        return admin;
    }

    private static Map<String, Object> consumer(Map<String, String> properties) {
        Map<String, Object> consumer = new HashMap<>(properties);
        consumer.put("key.deserializer", "org.apache.kafka.common.serialization.VoidDeserializer");
        consumer.put(
                "value.deserializer", "org.apache.kafka.common.serialization.VoidDeserializer");
        return consumer;
    }

    private static String password(Password password) {
        return password.value();
    }
}
