package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.sink.KafkaAnnouncer;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.score.LoadOutcome;
import io.millrace.model.score.RequestExamples;
import io.millrace.model.score.Scored;
import io.millrace.model.score.Scorer;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileReader;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import io.millrace.model.version.VersionWriter;
import io.millrace.schemas.Candidate;
import io.millrace.schemas.CandidateScore;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.ScoreStatus;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.IOUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ScoringJobITCase {

    private static final int RATINGS = 5_000;
    private static final long NOW = 1_700_000_000_000L;

    @TempDir private static Path directory;
    private static TestKafka kafka;
    private static EmbeddedFlink flink;

    private final List<JobClient> running = new ArrayList<>();
    private final Random random = new Random(17);
    private int asked;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start(directory);
        flink = EmbeddedFlink.start(directory, 4);
        TestTopics.create(kafka);
        TestRatings.send(kafka, RATINGS, 5);
    }

    @AfterAll
    static void stop() throws Exception {
        IOUtils.closeAll(flink, kafka);
    }

    @AfterEach
    void cancelJobs() {
        for (JobClient job : running) {
            flink.cancel(job.getJobID());
        }
    }

    @Test
    void usageExample() throws Exception {
        PipelineConfig config = pipeline("usage");
        startScoring(config);
        try (ScoreClient client = new ScoreClient(kafka, config)) {
            Score early = client.ask(request(3));
            assertThat(early.getStatus()).isEqualTo(ScoreStatus.NO_VERSION);
            assertThat(early.getReason()).contains("usage").contains("no version yet");
            assertThat(early.getVersion()).isNull();
            assertThat(early.getScores()).isEmpty();

            startTraining(config, null);
            Await.until("a score", () -> client.ask(request(1)).getStatus() == ScoreStatus.SCORED);

            ScoreRequest request = request(20);
            Score score = client.ask(request);
            assertThat(score.getModel()).isEqualTo("usage");
            assertThat(score.getVersion()).isPositive();
            assertThat(score.getReason()).isNull();
            assertThat(score.getScores())
                    .extracting(CandidateScore::getItem)
                    .isEqualTo(request.getCandidates().stream().map(Candidate::getItem).toList());
            assertThat(score.getScores())
                    .extracting(CandidateScore::getScore)
                    .allSatisfy(rating -> assertThat(rating).isBetween(1.0, 5.0));
        }
    }

    @Test
    void aRequestThatDoesNotFitTheModelIsAnsweredSo() throws Exception {
        PipelineConfig config = pipeline("misfit");
        train(config);
        startScoring(config);
        try (ScoreClient client = new ScoreClient(kafka, config)) {
            Score text = client.ask(priced("cheap"));
            assertThat(text.getStatus()).isEqualTo(ScoreStatus.INVALID);
            assertThat(text.getReason()).contains("price").contains("number");
            assertThat(text.getVersion()).isNull();
            assertThat(text.getScores()).isEmpty();

            // Finite, and yet more than a network can take.
            Score huge = client.ask(priced(3e38));
            assertThat(huge.getStatus()).isEqualTo(ScoreStatus.INVALID);
            assertThat(huge.getReason()).isNotBlank();

            Score tooLong = client.ask(requestOf("u1", Map.of(), Collections.nCopies(10_001, "i")));
            assertThat(tooLong.getStatus()).isEqualTo(ScoreStatus.INVALID);
            assertThat(tooLong.getReason()).contains("10001 candidates").contains("10000");

            assertThat(client.ask(priced(1.5)).getStatus()).isEqualTo(ScoreStatus.SCORED);
            assertEachAnsweredOnce(client);
        }
    }

    @Test
    void whatIsNoRequestBecomesADeadLetter() throws Exception {
        PipelineConfig config = pipeline("letters");
        train(config);
        startScoring(config);
        byte[] noise = new byte[64];
        random.nextBytes(noise);
        List<String> reasons = new ArrayList<>();
        try (ScoreClient client = new ScoreClient(kafka, config);
                TopicReader<DeadLetter> letters =
                        new TopicReader<>(kafka, "dead-letters", DeadLetter.class)) {
            client.send(noise);
            client.send(new byte[0]);
            Await.until(
                    "two dead letters",
                    () -> {
                        for (DeadLetter letter : letters.next()) {
                            if (letter.getTopic().equals(config.topics().scoreRequests())) {
                                byte[] sent = letter.getOffset() == 0 ? noise : new byte[0];
                                assertThat(letter.getPayload().array()).isEqualTo(sent);
                                reasons.add(letter.getReason());
                            }
                        }
                        return reasons.size() == 2;
                    });
            assertThat(reasons).containsExactlyInAnyOrder("MALFORMED", "EMPTY");
            assertThat(client.ask(request(1)).getStatus()).isEqualTo(ScoreStatus.SCORED);
        }
    }

    @Test
    void noScoreMixesVersionsWhileTheyChange() throws Exception {
        PipelineConfig config = pipeline("changing");
        startTraining(config, null);
        startScoring(config);
        Map<ScoreRequest, Score> scored = new LinkedHashMap<>();
        Set<Long> versions = new HashSet<>();
        try (ScoreClient client = new ScoreClient(kafka, config)) {
            Await.until(
                    "scores by eight versions",
                    () -> {
                        TestRatings.send(kafka, 300, random.nextLong());
                        List<ScoreRequest> requests = requests(10);
                        List<Score> answers = client.askAll(requests);
                        for (int i = 0; i < requests.size(); i++) {
                            if (answers.get(i).getStatus() == ScoreStatus.SCORED) {
                                scored.put(requests.get(i), answers.get(i));
                                versions.add(answers.get(i).getVersion());
                            }
                        }
                        return versions.size() >= 8;
                    });
            assertEachAnsweredOnce(client);
        }

        Map<Long, List<ScoreRequest>> byVersion = new TreeMap<>();
        scored.forEach(
                (request, score) ->
                        byVersion
                                .computeIfAbsent(score.getVersion(), v -> new ArrayList<>())
                                .add(request));
        try (Scorer scorer = scorer(config)) {
            for (Map.Entry<Long, List<ScoreRequest>> entry : byVersion.entrySet()) {
                load(scorer, entry.getKey());
                for (ScoreRequest request : entry.getValue()) {
                    assertScores(scored.get(request), scorer.score(request));
                }
            }
        }
        assertThatVersionsDiffer(config, byVersion.keySet());
    }

    @Test
    void aDamagedVersionIsRefusedAndTheLastGoodOneGoesOnServing() throws Exception {
        PipelineConfig config = pipeline("damaged");
        Manifest good = train(config);
        long newest = good.version();
        ScoreRequest request = requestOf("u1", Map.of(), List.of("i1", "i2"));
        damage(publish(config, newest + 1, good, 0.5f));
        try (LoggedWarnings warnings = new LoggedWarnings("io.millrace.jobs.score.VersionLoader");
                ScoreClient client = new ScoreClient(kafka, config)) {
            startScoring(config);
            Score before = client.ask(request);
            assertThat(before.getVersion()).isEqualTo(newest);
            assertRefused(warnings, newest + 1);

            announce(config, damage(publish(config, newest + 2, good, 0.5f)));
            assertRefused(warnings, newest + 2);
            Score after = client.ask(again(request));
            assertThat(after.getVersion()).isEqualTo(newest);
            assertThat(after.getScores()).isEqualTo(before.getScores());

            announce(config, publish(config, newest + 3, good, 0.5f));
            Await.until(
                    "the next good version",
                    () -> client.ask(again(request)).getVersion() == newest + 3);
            assertThat(client.ask(again(request)).getScores()).isNotEqualTo(before.getScores());
            assertThat(client.answers())
                    .extracting(Score::getVersion)
                    .containsOnly(newest, newest + 3);
        }
    }

    /** The trainer's forward pass and the scorer's, on the same rows. */
    @Test
    void theScorerPredictsAsTheTrainerDoes() throws Exception {
        PipelineConfig config = pipeline("agreement");
        Manifest last = train(config);
        ModelSpec spec = config.model();
        ParameterLayout layout = new ParameterLayout(spec);
        List<Example> examples = new ArrayList<>();
        for (ScoreRequest request : requests(20)) {
            examples.addAll(new RequestExamples(spec).of(request));
        }

        Map<Long, float[]> rows = rows(config, last.version());
        MicroBatch batch = MicroBatch.of(examples, layout, 1, key -> 0);
        float[] weights = new float[batch.weightCount()];
        for (int i = 0; i < batch.keys().length; i++) {
            long key = batch.keys()[i];
            if (rows.containsKey(key)) {
                float[] row = rows.get(key);
                System.arraycopy(row, 0, weights, batch.weightsAt()[i], row.length);
            } else {
                layout.initialize(key, weights, batch.weightsAt()[i]);
            }
        }
        float[] trainers;
        try (Learner learner = new Learner(spec, Device.cpu())) {
            trainers = learner.predict(batch, weights);
        }
        try (Scorer scorer = scorer(config)) {
            load(scorer, last.version());
            assertThat(scorer.score(examples).scores()).containsExactly(trainers, within(1e-6f));
        }
        assertThat(distinct(trainers)).as("scores that differ").isGreaterThan(50);
    }

    private static long distinct(float[] values) {
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        return IntStream.range(1, sorted.length).filter(i -> sorted[i] != sorted[i - 1]).count();
    }

    // -- jobs

    /** A pipeline with topics of its own for all that scoring reads and writes. */
    private static PipelineConfig pipeline(String model) {
        for (String topic : List.of("-requests", "-scores")) {
            kafka.createTopic(model + topic, 1);
        }
        kafka.createTopic(model + "-models", 1, true);
        String topics =
                "topics: {score-requests: %1$s-requests, scores: %1$s-scores, models: %1$s-models}\n"
                        .formatted(model);
        return TestPipelines.of(
                TestModels.ratings(model) + topics, kafka, directory.resolve(model), 1, 1);
    }

    private static Manifest train(PipelineConfig config) throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        new TrainingJob(config, 0, Map.of("ratings", Map.of(0, (long) RATINGS))).build(env);
        env.execute("train " + config.model().name());
        return VersionRows.newest(config);
    }

    private void startTraining(PipelineConfig config, Map<String, Map<Integer, Long>> end)
            throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        new TrainingJob(config, 0, end).build(env);
        running.add(env.executeAsync("train " + config.model().name()));
    }

    private void startScoring(PipelineConfig config) throws Exception {
        Configuration noRestart = new Configuration();
        noRestart.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        StreamExecutionEnvironment env = flink.environment(noRestart);
        new ScoringJob(config).build(env);
        running.add(env.executeAsync("score " + config.model().name()));
    }

    // -- requests

    private List<ScoreRequest> requests(int count) {
        List<ScoreRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(request(20));
        }
        return requests;
    }

    /** One user and some items, most of which the model has seen. */
    private ScoreRequest request(int candidates) {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < candidates; i++) {
            items.add("i" + random.nextInt(220));
        }
        return requestOf("u" + random.nextInt(320), Map.of("price", random.nextDouble()), items);
    }

    private ScoreRequest requestOf(String user, Map<String, Object> features, List<String> items) {
        List<Candidate> candidates =
                items.stream().map(item -> new Candidate(item, Map.of())).toList();
        return new ScoreRequest("r" + asked++, NOW, user, features, candidates);
    }

    private ScoreRequest again(ScoreRequest request) {
        return new ScoreRequest(
                "r" + asked++,
                request.getTimestamp(),
                request.getUser(),
                request.getFeatures(),
                request.getCandidates());
    }

    private ScoreRequest priced(Object price) {
        return requestOf("u1", Map.of("price", price), List.of("i1"));
    }

    private void assertEachAnsweredOnce(ScoreClient client) {
        assertThat(client.answers())
                .extracting(Score::getRequestId)
                .doesNotHaveDuplicates()
                .hasSize(asked);
    }

    // -- versions

    private static VersionStorage storage(PipelineConfig config) {
        return new LocalVersionStorage(Path.of(config.versions().directory()));
    }

    private static Scorer scorer(PipelineConfig config) {
        return new Scorer(storage(config), config.model().name(), Device.cpu());
    }

    private static void load(Scorer scorer, long version) {
        assertThat(scorer.load(version)).isInstanceOf(LoadOutcome.Loaded.class);
    }

    private static void assertScores(Score answer, Scored expected) {
        assertThat(answer.getVersion()).isEqualTo(expected.version());
        assertThat(answer.getScores()).hasSize(expected.scores().length);
        for (int i = 0; i < expected.scores().length; i++) {
            assertThat(answer.getScores().get(i).getScore())
                    .isCloseTo(expected.scores()[i], within(1e-6));
        }
    }

    /** Were they alike, a mixture of them could not be told from either. */
    private void assertThatVersionsDiffer(PipelineConfig config, Set<Long> versions)
            throws Exception {
        ScoreRequest request = request(20);
        List<Float> sums = new ArrayList<>();
        try (Scorer scorer = scorer(config)) {
            for (long version : versions) {
                load(scorer, version);
                float sum = 0;
                for (float score : scorer.score(request).scores()) {
                    sum += score;
                }
                sums.add(sum);
            }
        }
        assertThat(new HashSet<>(sums)).hasSizeGreaterThan(versions.size() / 2);
    }

    /** A delta to {@code parent} that changes the row of user u1. */
    private static Manifest publish(
            PipelineConfig config, long version, Manifest parent, float weight) throws Exception {
        long user = new RequestExamples(config.model()).of(userOne()).get(0).keys()[0];
        assertThat(ParameterKey.slot(user)).isEqualTo(1);
        VersionStorage storage = storage(config);
        String path = VersionPaths.newPart(parent.model(), version, 0);
        float[] weights = new float[4];
        Arrays.fill(weights, weight);
        PartInfo part;
        try (RowFileWriter rows = RowFileWriter.create(storage, path, 0)) {
            rows.add(user, new RowBuffer().over(weights, 0, 4), 4);
            part = rows.finish();
        }
        Manifest manifest =
                new Manifest(
                        parent.model(),
                        version,
                        parent.version(),
                        version,
                        parent.offsets(),
                        parent.watermark(),
                        parent.specHash(),
                        parent.spec(),
                        List.of(part),
                        0,
                        parent.metrics(),
                        parent.examples(),
                        NOW);
        new VersionWriter(storage).commit(manifest);
        return manifest;
    }

    private static ScoreRequest userOne() {
        return new ScoreRequest("", NOW, "u1", Map.of(), List.of(new Candidate("i1", Map.of())));
    }

    /** Flips one bit of a weight. */
    private static Manifest damage(Manifest manifest) throws IOException {
        Path file =
                directory
                        .resolve(manifest.model())
                        .resolve("versions")
                        .resolve(manifest.parts().get(0).path());
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 20] ^= 4;
        Files.write(file, bytes);
        return manifest;
    }

    private static void announce(PipelineConfig config, Manifest manifest) throws Exception {
        try (var announcer =
                KafkaAnnouncer.factory(
                                config.topics().models(),
                                EventFormat.AVRO,
                                Map.of("bootstrap.servers", kafka.bootstrapServers()))
                        .open()) {
            announcer.announce(manifest);
        }
    }

    private static void assertRefused(LoggedWarnings warnings, long version) throws Exception {
        Await.until(
                "the refusal of version " + version,
                () ->
                        warnings.messages().stream()
                                .anyMatch(
                                        message ->
                                                message.startsWith("version " + version + " of")
                                                        && message.contains("checksum")
                                                        && message.contains(".rows")));
    }

    private static Map<Long, float[]> rows(PipelineConfig config, long version) throws IOException {
        Map<Long, float[]> rows = new HashMap<>();
        for (PartInfo part : VersionRows.catalog(config).chain(version).files()) {
            try (RowFileReader row = RowFileReader.open(storage(config), part)) {
                while (row.next()) {
                    rows.put(row.key(), Arrays.copyOf(row.weights(), row.width()));
                }
            }
        }
        return rows;
    }
}
