package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.jobs.version.VersionCommitter;
import io.millrace.model.loss.Objective;
import io.millrace.model.metric.MetricSet;
import io.millrace.schemas.Candidate;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.ScoreStatus;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.HistogramStatistics;
import org.apache.flink.runtime.taskmanager.Task;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.IOUtils;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a training job and a scoring job tell of themselves while they run. */
@Tag("kafka")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class TelemetryITCase {

    private static final String PREFIX = "flink_taskmanager_job_task_operator_";
    private static final String TRAIN = "train telemetry";
    private static final String SCORE = "score telemetry";
    private static final long START = 1_700_000_000_000L;
    private static final int CLICKED = 100;
    private static final int NOT_CLICKED = 200;
    private static final int WAITING = 5;

    /** Behind the windows of all that are labelled. */
    private static final long LATER = START + 60_000;

    /** Longer than all of this takes, and far shorter than since the events. */
    private static final double RECENT_MILLIS = TimeUnit.MINUTES.toMillis(4);

    @TempDir private static Path directory;
    private static TestKafka kafka;
    private static EmbeddedFlink flink;
    private static LoggedLines log;
    private static int answered;

    @BeforeAll
    static void runBothJobs() throws Exception {
        log = new LoggedLines(Task.class, VersionCommitter.class, loader());
        kafka = TestKafka.start(directory);
        flink = EmbeddedFlink.start(directory, 1, 5, RegisteredMetrics.reporting());
        TestTopics.create(kafka);
        PipelineConfig config =
                TestPipelines.of(
                        TestModels.withStreamFeature(TestModels.clicks("telemetry")),
                        kafka,
                        directory,
                        2,
                        1);
        start(TRAIN, new TrainingJob(config, 0, null)::build);
        start(SCORE, new ScoringJob(config)::build);
        sendEvents();
        Await.until(
                "all examples",
                () ->
                        sum("trainedExamples") == CLICKED + NOT_CLICKED
                                && sum("waitingImpressions") == WAITING);
        try (ScoreClient client = new ScoreClient(kafka, config)) {
            Await.until("a score", () -> ask(client, 1.0) == ScoreStatus.SCORED);
            assertThat(ask(client, "cheap")).isEqualTo(ScoreStatus.INVALID);
        }
        // The version after one may have been cut before the last events.
        Await.until(
                "all examples in a version",
                () -> VersionRows.newest(config).examples() == CLICKED + NOT_CLICKED);
        long newest = VersionRows.newestVersion(config);
        Await.until("it to serve", () -> sum("servedVersion") >= newest);
    }

    @AfterAll
    static void stop() throws Exception {
        IOUtils.closeAll(log, flink, kafka);
    }

    @Test
    void theJobsRegisterWhatThePageSays() throws IOException {
        Set<String> ofRatings =
                MetricSet.of(new Objective.Rating(1, 5)).names().stream()
                        .flatMap(name -> Stream.of(name, MetricNames.WINDOW + "_" + name))
                        .collect(Collectors.toSet());

        assertThat(ownMetrics())
                .isEqualTo(
                        MetricsPage.read().own().stream()
                                .filter(row -> !ofRatings.contains(row.name()))
                                .collect(Collectors.toSet()));
    }

    @Test
    void flinkRegistersWhatThePageSaysOfIt() throws IOException {
        MetricsPage page = MetricsPage.read();
        Set<MetricsPage.Row> registered =
                RegisteredMetrics.all().stream()
                        .map(it -> new MetricsPage.Row("Flink's own", it.name(), it.type()))
                        .collect(Collectors.toSet());

        assertThat(page.ofFlink()).isNotEmpty().isSubsetOf(registered);
        assertThat(page.fullNames())
                .isSubsetOf(registered.stream().map(MetricsPage.Row::name).toList());
    }

    @Test
    void labelsAreCounted() {
        assertThat(sum("positives")).isEqualTo(CLICKED);
        assertThat(sum("negatives")).isEqualTo(NOT_CLICKED);
        assertThat(sum("unmatchedClicks")).isEqualTo(1);
        assertThat(sum("examples")).isEqualTo(CLICKED + NOT_CLICKED);
        assertThat(sum("auc")).isBetween(0.0, 1.0);
        assertThat(sum("window_auc")).isNaN();
    }

    @Test
    void deadLettersAreCountedByReason() {
        assertThat(sum("deadLetters")).isEqualTo(2);
        assertThat(deadLetters("EMPTY")).isEqualTo(1);
        assertThat(deadLetters("WRONG_SCHEMA")).isEqualTo(1);
        assertThat(deadLetters("INVALID_TIME")).isZero();
    }

    @Test
    void aTrainerTimesItsBatches() {
        assertThat(sum("cacheHits")).isPositive();
        for (String name : List.of("pullRoundTripMicros", "learnMicros")) {
            // More than a microsecond, less than a minute.
            assertThat(values(name))
                    .hasSize(2)
                    .allSatisfy(of -> assertThat(of).isBetween(1.0, 6e7));
        }
    }

    @Test
    void ageIsOfTheVersionAndFreshnessOfItsEvents() {
        double sinceEvents = System.currentTimeMillis() - (double) LATER;
        for (String which : List.of("published", "served")) {
            assertThat(sum(which + "Version")).isPositive();
            assertThat(sum(which + "VersionAgeMillis")).isBetween(0.0, RECENT_MILLIS);
            assertThat(sum(which + "FreshnessMillis"))
                    .isBetween(sinceEvents, sinceEvents + RECENT_MILLIS);
        }
    }

    @Test
    void aRequestIsTimedFromItsArrival() {
        assertThat(sum("answeredRequests")).isEqualTo(answered);
        assertThat(sum("unscoredRequests")).isBetween(1.0, answered - 1.0);
        assertThat(values("scoringLatencyMillis"))
                .singleElement()
                .satisfies(of -> assertThat(of).isBetween(0.0, RECENT_MILLIS));
    }

    @Test
    void linesOfATaskNameJobAndSubtask() {
        assertThat(log.of(Task.class))
                .filteredOn(it -> it.message().contains("trainer (2/2)"))
                .filteredOn(it -> it.message().contains("to RUNNING"))
                .singleElement()
                .satisfies(
                        it ->
                                assertThat(it.context())
                                        .containsEntry(LogContext.JOB, TRAIN)
                                        .containsEntry(LogContext.SUBTASK, "trainer 2/2")
                                        .containsKey("flink-job-id")
                                        .doesNotContainKey(LogContext.VERSION));
    }

    @Test
    void linesAboutAVersionNameIt() throws Exception {
        assertThat(log.of(VersionCommitter.class))
                .isNotEmpty()
                .allSatisfy(
                        it ->
                                assertThat(it.context())
                                        .containsEntry(LogContext.JOB, TRAIN)
                                        .containsEntry(LogContext.SUBTASK, "versions 1/1")
                                        .containsEntry(LogContext.VERSION, version(it))
                                        .containsKey("flink-job-id"));
        assertThat(log.of(loader()))
                .filteredOn(it -> it.thread().equals("version-loader-telemetry"))
                .isNotEmpty()
                .allSatisfy(
                        it ->
                                assertThat(it.context())
                                        .containsEntry(LogContext.JOB, SCORE)
                                        .containsEntry(LogContext.SUBTASK, "score 1/1")
                                        .containsEntry(LogContext.VERSION, version(it))
                                        .containsKey("flink-job-id"));
    }

    // -- metrics

    /** Of our operators, without what Flink registers for any operator. */
    private static Set<MetricsPage.Row> ownMetrics() throws IOException {
        Set<String> operators =
                MetricsPage.read().own().stream()
                        .map(MetricsPage.Row::operator)
                        .collect(Collectors.toSet());
        // An operator of ours that has no metrics of its own.
        Set<String> ofAny =
                RegisteredMetrics.all().stream()
                        .filter(it -> it.operator().equals("reply receiver"))
                        .map(it -> it.name().substring(PREFIX.length()))
                        .collect(Collectors.toSet());
        return RegisteredMetrics.all().stream()
                .filter(it -> it.name().startsWith(PREFIX))
                .map(
                        it ->
                                new MetricsPage.Row(
                                        it.operator().replaceAll("^route .*", "route"),
                                        it.name().substring(PREFIX.length()),
                                        it.type()))
                .filter(it -> operators.contains(it.operator()))
                .filter(it -> !ofAny.contains(it.name()))
                .filter(it -> !it.name().matches("currentInput\\dWatermark"))
                .collect(Collectors.toSet());
    }

    /** The sum over all subtasks of counters or gauges. */
    private static double sum(String name) {
        return RegisteredMetrics.all().stream()
                .filter(it -> it.name().equals(PREFIX + name))
                .mapToDouble(RegisteredMetrics.Registered::value)
                .sum();
    }

    private static double deadLetters(String reason) {
        return RegisteredMetrics.all().stream()
                .filter(it -> it.name().equals(PREFIX + "reason_deadLetters"))
                .filter(it -> reason.equals(it.variables().get("<reason>")))
                .mapToDouble(RegisteredMetrics.Registered::value)
                .sum();
    }

    /** The largest value of a histogram in each subtask. */
    private static List<Double> values(String name) {
        return RegisteredMetrics.all().stream()
                .filter(it -> it.name().equals(PREFIX + name))
                .map(it -> ((Histogram) it.metric()).getStatistics())
                .map(HistogramStatistics::getMax)
                .map(Long::doubleValue)
                .toList();
    }

    /** Its package's own. */
    private static Class<?> loader() throws ClassNotFoundException {
        return Class.forName("io.millrace.jobs.score.VersionLoader");
    }

    private static String version(LoggedLines.Line line) {
        return line.message().replaceAll(".*version (\\d+) of.*", "$1");
    }

    // -- jobs and events

    private static void start(String name, Consumer<StreamExecutionEnvironment> job)
            throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        job.accept(env);
        var unused = env.executeAsync(name);
    }

    private static ScoreStatus ask(ScoreClient client, Object price) throws Exception {
        return client.ask(
                        new ScoreRequest(
                                "r" + answered++,
                                START,
                                "u1",
                                Map.of("price", price),
                                List.of(new Candidate("i1", Map.of()))))
                .getStatus();
    }

    private static void sendEvents() {
        try (KafkaProducer<byte[], byte[]> producer = TestRatings.producer(kafka)) {
            for (int i = 0; i < CLICKED + NOT_CLICKED; i++) {
                send(producer, "impressions", impression("shown " + i, START + i));
            }
            for (int i = 0; i < CLICKED; i++) {
                send(producer, "clicks", new Click("shown " + i, START + i + 500));
            }
            send(producer, "clicks", new Click("never shown", START));
            send(producer, "clicks", impression("no click", START));
            producer.send(new ProducerRecord<>("impressions", new byte[0]));
            for (int i = 0; i < WAITING; i++) {
                send(producer, "impressions", impression("later " + i, LATER + i));
            }
            // Event time is that of the topic that is further behind.
            send(producer, "clicks", new Click("not shown yet", LATER));
        }
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer, String topic, SpecificRecord event) {
        producer.send(new ProducerRecord<>(topic, encode(event)));
    }

    @SuppressWarnings("unchecked")
    private static <E extends SpecificRecord> byte[] encode(E event) {
        return EventCodec.of((Class<E>) event.getClass(), EventFormat.AVRO).encode(event);
    }

    private static Impression impression(String id, long time) {
        return new Impression(id, time, "u1", "i1", Map.of("price", 1.0));
    }
}
