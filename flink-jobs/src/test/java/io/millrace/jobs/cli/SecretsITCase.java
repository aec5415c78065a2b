package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.jobs.Await;
import io.millrace.jobs.CapturedLog;
import io.millrace.jobs.TrainingJob;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.embedded.SecureKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The whole way over TLS and SASL, and what is left behind of the secrets. */
@Timeout(180)
class SecretsITCase {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Failsafe sets it: a process cannot set its own environment. */
    private static final String VARIABLE = "MILLRACE_TEST_SECRET";

    private static final String PASSWORD = System.getenv(VARIABLE);
    private static final String KEYS_PASSWORD = "sesame-of-the-keys";
    private static final String TRUST_PASSWORD = "sesame-of-the-trust";
    private static final String WRONG_PASSWORD = "sesame-that-is-wrong";

    private static final int RATINGS = 400;

    @TempDir static Path broker;
    @TempDir static Path secrets;
    @TempDir Path directory;

    private static SecureKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        assertThat(PASSWORD).as("the environment variable " + VARIABLE).isNotBlank();
        kafka = SecureKafka.start(broker, PASSWORD, KEYS_PASSWORD, TRUST_PASSWORD);
        Files.writeString(
                secrets.resolve("kafka.properties"),
                "keys=" + KEYS_PASSWORD + "\nwrong=" + WRONG_PASSWORD + "\n");
        Files.writeString(secrets.resolve("trust"), TRUST_PASSWORD + "\n");
        Files.writeString(secrets.resolve("unquotable"), "half\"other-half");
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void secretsAreUsedEverywhereAndLeftNowhere() throws Exception {
        Path pipeline = pipeline("${env:" + VARIABLE + "}");
        Path ratings = new BacktestFiles(directory).ratings(RATINGS);
        Path result = directory.resolve("result.json");
        Path scores = directory.resolve("scores.jsonl");
        Path report = directory.resolve("report.html");
        StringBuilder said = new StringBuilder();
        String log;
        try (CapturedLog captured = new CapturedLog()) {
            assertThat(LoggerFactory.getLogger(TrainingJob.class).isDebugEnabled()).isTrue();
            // A line is bad, which both say by their exit code.
            run(said, 1, "replay", "--config", pipeline, "--input", ratings);
            run(said, 1, "train", "--config", pipeline, "--input", ratings, "--json", result);
            assertThat(JSON.readTree(result.toFile()).get("last_version").longValue()).isPositive();
            run(said, 0, "score", "--config", pipeline, "--input", requests(), "--output", scores);
            assertThat(JSON.readTree(scores.toFile()).get("status").textValue())
                    .isEqualTo("SCORED");
            run(
                    said,
                    0,
                    "backtest",
                    "--config",
                    pipeline,
                    "--input",
                    "ratings",
                    "--report",
                    report,
                    "--json",
                    result);
            JsonNode backtest = JSON.readTree(result.toFile());
            assertThat(backtest.get("data").get("events").longValue()).isEqualTo(2 * RATINGS);
            run(said, 0, "simulate", "--config", pipeline, "--duration", "1s", "--rate", 20);
            trainUntilCancelled(pipeline);
            log = captured.text();
        }

        assertThat(log.contains("sasl.jaas.config = [hidden]")).isTrue();
        assertThat(Files.readString(report)).contains("${env:" + VARIABLE + "}");
        assertThat(filesBelow(directory.resolve("marks"))).anyMatch(f -> f.endsWith("_metadata"));
        assertNoSecret("the log", log);
        assertNoSecret("what the commands said", said.toString());
        for (Path file : filesBelow(directory)) {
            assertNoSecret(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void aWrongPasswordIsToldWithoutIt() throws Exception {
        refused(
                pipeline("${file:" + secrets.resolve("kafka.properties") + ":wrong}"),
                "Authentication failed");
    }

    @Test
    void aWrongPasswordOfAStoreIsToldWithoutIt() throws Exception {
        Path pipeline = pipeline("${env:" + VARIABLE + "}");
        Files.writeString(
                pipeline,
                Files.readString(pipeline)
                        .replace("kafka.properties:keys", "kafka.properties:wrong"));

        refused(
                pipeline,
                "see kafka.properties: Failed to load SSL keystore "
                        + kafka.clientKeys()
                        + " of type JKS: keystore password was incorrect");
    }

    @Test
    void aMissingStoreIsTold() throws Exception {
        Path pipeline = pipeline("${env:" + VARIABLE + "}");
        Path absent = broker.resolve("absent.p12");
        Files.writeString(
                pipeline,
                Files.readString(pipeline)
                        .replace(kafka.clientKeys().toString(), absent.toString()));

        refused(pipeline, absent + " of type JKS: there is no file " + absent);
    }

    @Test
    void anAbsentVariableIsToldBeforeAnythingStarts() throws Exception {
        refused(
                pipeline("${env:MILLRACE_TEST_UNSET}"),
                "kafka.properties.sasl.jaas.config, ${env:MILLRACE_TEST_UNSET}: the environment"
                        + " variable MILLRACE_TEST_UNSET is not set in this process");
    }

    @Test
    void anAbsentFileIsToldBeforeAnythingStarts() throws Exception {
        refused(
                pipeline("${directory:" + secrets + ":absent}"),
                "there is no file " + secrets.resolve("absent"));
    }

    @Test
    void aValueThatBreaksOutOfItsQuotesIsToldWithoutIt() throws Exception {
        CommandLineRun run =
                refused(
                        pipeline("${directory:" + secrets + ":unquotable}"),
                        "a quote, a backslash or a line break");
        assertThat(run.err()).doesNotContain("other-half");
    }

    private CommandLineRun refused(Path pipeline, String reason) throws IOException {
        Path ratings = new BacktestFiles(directory).ratings(10);
        CommandLineRun run;
        String log;
        try (CapturedLog captured = new CapturedLog()) {
            run = CommandLineRun.of("train", "--config", pipeline, "--input", ratings);
            log = captured.text();
        }

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(reason);
        assertNoSecret("the message", run.err());
        assertNoSecret("the log", log);
        return run;
    }

    /** A job that is cancelled leaves its checkpoints, one that ends does not. */
    private void trainUntilCancelled(Path pipeline) throws Exception {
        PipelineConfig config = PipelineConfigReader.read(pipeline);
        long before = Versions.of(config).newest();
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 2)) {
            StreamExecutionEnvironment env = flink.environment(new Configuration());
            new TrainingJob(config, before, null).build(env);
            JobClient job = env.executeAsync("train");
            Await.until("a version", () -> Versions.of(config).newest() > before);
            job.cancel().get();
        }
    }

    private static void run(StringBuilder said, int exitCode, Object... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(arguments[0] + ": " + run.err()).isEqualTo(exitCode);
        said.append(run.out()).append(run.err());
    }

    private static void assertNoSecret(String where, String text) {
        for (String secret : List.of(PASSWORD, KEYS_PASSWORD, TRUST_PASSWORD, WRONG_PASSWORD)) {
            // Not printed when it fails: the text is long, and holds a secret.
            assertThatCode(
                            () -> {
                                if (text.contains(secret)) {
                                    throw new AssertionError(secret);
                                }
                            })
                    .as(where)
                    .doesNotThrowAnyException();
        }
    }

    private static List<Path> filesBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private Path pipeline(String password) throws IOException {
        Path file = new BacktestFiles(directory).pipeline("secure");
        return Files.writeString(
                file,
                Files.readString(file)
                        + """
                        kafka:
                          bootstrap-servers: %s
                          properties:
                            security.protocol: SASL_SSL
                            sasl.mechanism: PLAIN
                            sasl.jaas.config: >-
                              org.apache.kafka.common.security.plain.PlainLoginModule required
                              username="%s" password="%s";
                            ssl.keystore.location: %s
                            ssl.keystore.password: ${file:%s:keys}
                            ssl.truststore.location: %s
                            ssl.truststore.password: ${directory:%s:trust}
                        """
                                .formatted(
                                        kafka.bootstrapServers(),
                                        SecureKafka.USER,
                                        password,
                                        kafka.clientKeys(),
                                        secrets.resolve("kafka.properties"),
                                        kafka.clientTrust(),
                                        secrets));
    }

    private Path requests() throws IOException {
        return Files.writeString(
                directory.resolve("requests.jsonl"),
                """
                {"requestId":"a","timestamp":1700000000000,"user":"u1","candidates":[{"item":"i1"}]}
                """);
    }
}
