package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.jobs.backtest.BacktestGraph;
import io.millrace.jobs.backtest.BacktestPipeline;
import io.millrace.jobs.backtest.BacktestSettings;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.kill.PacedPolls;
import io.millrace.jobs.train.Sync;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.score.LoadOutcome;
import io.millrace.model.score.RequestExamples;
import io.millrace.model.score.Scored;
import io.millrace.model.score.Scorer;
import io.millrace.model.stream.FeatureTable;
import io.millrace.model.stream.StreamSpec;
import io.millrace.schemas.Candidate;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.FeatureRow;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.ScoreStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

/**
 * Stream features and profiles through Kafka: examples have the values that a plain restatement
 * computes of the raw events, whatever fails; and a request is scored with the values that a
 * training example of the same event and time has.
 */
@Tag("kafka")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class StreamFeaturesITCase {

    private static final int EVENTS = 1_500;
    private static final int FAILURES = 5;

    @TempDir private static Path directory;
    private static TestKafka kafka;
    private static EmbeddedFlink flink;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start(directory);
        flink = EmbeddedFlink.start(directory, 4);
    }

    @AfterAll
    static void stop() throws Exception {
        IOUtils.closeAll(flink, kafka);
    }

    @AfterEach
    void paceNoLonger() {
        PacedPolls.pace(Duration.ZERO);
    }

    @Test
    void ratingsHaveTheValuesThatThePlainEventsSay() throws Exception {
        PipelineConfig config = ratings("plain-ratings");
        StreamWorld world = StreamWorld.ofRatings(EVENTS, 1);
        world.send(kafka, config);

        List<Example> examples = examples(config, "ratings", 1, 0, 0);

        assertSame(examples, restated(config, world));
        assertNoDeadLetters(config);
    }

    @Test
    void clicksHaveTheValuesThatThePlainEventsSay() throws Exception {
        PipelineConfig config = clicks("plain-clicks");
        StreamWorld world = StreamWorld.ofClicks(EVENTS, 2);
        world.send(kafka, config);

        List<Example> examples = examples(config, "clicks", 1, 0, 0);

        assertSame(examples, restated(config, world));
        assertNoDeadLetters(config);
    }

    @Test
    void whereTheJobFailsChangesNeitherExamplesNorTheirOrder() throws Exception {
        for (long seed = 1; seed <= 2; seed++) {
            PipelineConfig config = clicks("failing-" + seed);
            StreamWorld world = StreamWorld.ofClicks(EVENTS, 10 + seed);
            world.send(kafka, config);
            PacedPolls.pace(Duration.ofMillis(25));

            List<Example> examples = examples(config, "failing-" + seed, 1, FAILURES, seed);

            assertThat(CollectedExamples.failuresLeft("failing-" + seed)).isZero();
            assertSame(examples, restated(config, world));
        }
    }

    /** In whatever order, as there are two trainers. */
    @Test
    void twoOfEachOperatorMakeTheSameExamples() throws Exception {
        PipelineConfig config = clicks("two");
        StreamWorld world = StreamWorld.ofClicks(EVENTS, 3);
        world.send(kafka, config);

        List<Example> examples = examples(config, "two", 2, 2, 4);

        assertSame(sorted(examples), sorted(restated(config, world)));
    }

    /** In the order in which labels come in a backtest. */
    @Test
    void aBacktestHasTheSameValues() throws Exception {
        StreamWorld clicks = StreamWorld.ofClicks(EVENTS, 6);
        StreamWorld ratings = StreamWorld.ofRatings(EVENTS, 7);

        assertSame(
                sorted(backtested(clicks("back-clicks"), clicks)),
                sorted(restated(clicks("back-clicks"), clicks.withoutProfiles())));
        assertSame(
                backtested(ratings("back-ratings"), ratings),
                restated(ratings("back-ratings"), ratings.withoutProfiles()));
    }

    @Test
    void aRequestHasTheValuesAndTheScoreOfTheTrainingExampleOfItsTime() throws Exception {
        PipelineConfig config = ratings("scored");
        StreamWorld world = StreamWorld.ofRatings(EVENTS, 5);
        world.send(kafka, config);
        train(config, world);
        List<StreamWorld.Rated> probes = world.probes(12);

        List<Score> answers = answers(config, probes);
        world.sendProbes(kafka, config, probes);
        List<Example> examples = examples(config, "probes", 1, 0, 0);
        List<Example> asTrained =
                examples.subList(examples.size() - probes.size(), examples.size());

        RequestExamples requests = new RequestExamples(config.model(), table(config));
        List<Example> asScored = new ArrayList<>();
        for (StreamWorld.Rated probe : probes) {
            asScored.addAll(requests.of(request(probe)));
        }
        assertSame(asScored, asTrained.stream().map(e -> e.labelled(0, 1)).toList());
        assertThat(asTrained)
                .extracting(example -> Arrays.toString(example.numeric()))
                .doesNotHaveDuplicates();
        assertScores(config, answers, asTrained);
    }

    // -- jobs

    /** What the first half of the training job makes of all events. */
    private static List<Example> examples(
            PipelineConfig config, String run, int trainers, int failures, long seed)
            throws Exception {
        PipelineConfig parallel = withTrainers(config, trainers);
        StreamExecutionEnvironment env = flink.environment(quickRestarts());
        JobSettings.configureTraining(env, parallel);
        TrainingExamples read = TrainingExamples.read(env, parallel, ends(config));
        CollectedExamples.of(read.examples(), run, failures, EVENTS, seed);
        env.execute(run);
        return CollectedExamples.of(run);
    }

    private static List<Example> backtested(PipelineConfig config, StreamWorld world)
            throws Exception {
        String name = config.model().name();
        List<BacktestPipeline> pipelines = List.of(new BacktestPipeline(name, config, null));
        StreamExecutionEnvironment env = flink.environment();
        JobSettings.configureBacktest(env, config, 128);
        BacktestGraph graph =
                BacktestGraph.of(
                        env,
                        TestHistories.of(world.history()),
                        pipelines,
                        new BacktestSettings(
                                List.of(new Sync.AtOnce()),
                                List.of("0"),
                                List.of(),
                                2,
                                directory.resolve(name).toString()));
        CollectedExamples.of(graph.examples(0), name, 0, 0, 0);
        env.execute(name);
        return CollectedExamples.of(name);
    }

    private static void train(PipelineConfig config, StreamWorld world) throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        new TrainingJob(config, 0, ends(config)).build(env);
        env.execute("train");
        assertThat(VersionRows.newest(config).examples()).isEqualTo(world.examples());
    }

    private static List<Score> answers(PipelineConfig config, List<StreamWorld.Rated> probes)
            throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        new ScoringJob(config).build(env);
        JobClient job = env.executeAsync("score");
        try (ScoreClient client = new ScoreClient(kafka, config)) {
            return client.askAll(probes.stream().map(StreamFeaturesITCase::request).toList());
        } finally {
            flink.cancel(job.getJobID());
        }
    }

    private static Map<String, Map<Integer, Long>> ends(PipelineConfig config) {
        List<String> topics = new ArrayList<>(config.topics().profiles().values());
        topics.addAll(
                List.of(
                        config.topics().impressions(),
                        config.topics().clicks(),
                        config.topics().ratings()));
        try (PipelineTopics all = new PipelineTopics(config)) {
            return all.ends(topics);
        }
    }

    private static Configuration quickRestarts() {
        Configuration job = new Configuration();
        job.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        job.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        job.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 2 * FAILURES);
        return job;
    }

    // -- what is expected

    private static List<Example> restated(PipelineConfig config, StreamWorld world)
            throws Exception {
        FeatureExtractor plain = new FeatureExtractor(withoutStream(config.model()));
        List<Example> examples = new ArrayList<>();
        for (StreamWorld.Expected one : world.expected()) {
            Map<String, Object> values = new HashMap<>(one.features());
            values.putAll(one.derived());
            examples.add(
                    plain.extract(one.user(), one.item(), values, Map.of(), one.time())
                            .labelled(one.label(), one.weight()));
        }
        return examples;
    }

    /** The same features, which read the same fields of events. */
    private static ModelSpec withoutStream(ModelSpec spec) {
        return new ModelSpec(
                spec.name(),
                spec.objective(),
                spec.features(),
                spec.architecture(),
                spec.embeddingOptimizer(),
                spec.denseOptimizer(),
                spec.seed(),
                StreamSpec.NONE);
    }

    private static void assertSame(List<Example> actual, List<Example> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            Example one = actual.get(i);
            Example other = expected.get(i);
            String which = "example " + i + " of time " + other.eventTime();
            assertThat(one.eventTime()).as(which).isEqualTo(other.eventTime());
            assertThat(one.label()).as(which).isEqualTo(other.label());
            assertThat(one.weight()).as(which).isEqualTo(other.weight());
            assertThat(one.keys()).as(which).isEqualTo(other.keys());
            assertThat(one.ends()).as(which).isEqualTo(other.ends());
            assertThat(one.numeric()).as(which).hasSameSizeAs(other.numeric());
            for (int n = 0; n < other.numeric().length; n++) {
                assertThat(one.numeric()[n])
                        .as("%s, number %d", which, n)
                        .isCloseTo(
                                other.numeric()[n],
                                within(1e-5f * Math.max(1, Math.abs(other.numeric()[n]))));
            }
        }
    }

    private static List<Example> sorted(List<Example> examples) {
        List<Example> sorted = new ArrayList<>(examples);
        sorted.sort(
                (a, b) -> {
                    int order = Long.compare(a.eventTime(), b.eventTime());
                    order = order != 0 ? order : Arrays.compare(a.keys(), b.keys());
                    order = order != 0 ? order : Float.compare(a.weight(), b.weight());
                    order = order != 0 ? order : Float.compare(a.label(), b.label());
                    return order != 0 ? order : Arrays.compare(rounded(a), rounded(b));
                });
        return sorted;
    }

    private static int[] rounded(Example example) {
        int[] rounded = new int[example.numeric().length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = Math.round(example.numeric()[i] * 100);
        }
        return rounded;
    }

    private static void assertNoDeadLetters(PipelineConfig config) throws Exception {
        assertThat(TopicReader.all(kafka, config.topics().deadLetters(), DeadLetter.class))
                .isEmpty();
    }

    private static void assertScores(
            PipelineConfig config, List<Score> answers, List<Example> examples) throws Exception {
        try (Scorer scorer =
                new Scorer(VersionRows.storage(config), config.model().name(), Device.cpu())) {
            assertThat(scorer.load(VersionRows.newest(config).version()))
                    .isInstanceOf(LoadOutcome.Loaded.class);
            Scored expected = scorer.score(examples);
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).getStatus()).isEqualTo(ScoreStatus.SCORED);
                assertThat(answers.get(i).getVersion()).isEqualTo(expected.version());
                assertThat(answers.get(i).getScores().get(0).getScore())
                        .as("probe %d", i)
                        .isCloseTo(expected.scores()[i], within(1e-5));
            }
        }
    }

    private static FeatureTable table(PipelineConfig config) throws Exception {
        FeatureTable table = new FeatureTable();
        for (FeatureRow row :
                TopicReader.all(kafka, config.topics().features(), FeatureRow.class)) {
            byte[] bytes = new byte[row.getRow().remaining()];
            row.getRow().get(bytes);
            table.put(row.getGroup(), row.getKey(), bytes);
        }
        return table;
    }

    private static ScoreRequest request(StreamWorld.Rated probe) {
        return new ScoreRequest(
                "r-" + probe.user(),
                probe.time(),
                probe.user(),
                probe.features(),
                List.of(new Candidate(probe.item(), Map.of())));
    }

    // -- pipelines

    private static PipelineConfig ratings(String name) {
        return pipeline(
                name,
                """
                objective: {type: rating, min: 1, max: 5}
                stream-features:
                  user-mean: {type: mean, by: user, prior: 3.5, strength: 5}
                  user-genre: {type: mean, by: [user, genres], prior: user-mean, strength: 3}
                  item-count: {type: count, by: item, of: rating}
                  item-trend: {type: decayed-count, by: item, of: rating, half-life: 2s}
                  idle: {type: since-last, by: user, of: rating}
                  history: {type: last, by: user, of: rating, field: item, length: 4}
                """);
    }

    private static PipelineConfig clicks(String name) {
        return pipeline(
                name,
                """
                objective: {type: click}
                labels: {attribution-window: 1s, late-window: 3s}
                stream-features:
                  user-mean: {type: mean, by: user, prior: 0.2, strength: 5}
                  user-genre: {type: mean, by: [user, genres], prior: user-mean, strength: 3}
                  item-count: {type: count, by: item, of: click}
                  item-trend: {type: decayed-count, by: item, of: impression, half-life: 2s}
                  idle: {type: since-last, by: user, of: click}
                  history: {type: last, by: user, of: click, field: item, length: 4}
                """);
    }

    private static PipelineConfig pipeline(String name, String labelsAndStream) {
        Path folder = directory.resolve(name);
        PipelineConfig config =
                PipelineConfigReader.read(
                                """
                                model: %s
                                seed: 1
                                %s
                                profiles:
                                  users: {by: user, topic: %s-users}
                                features:
                                  item: {type: categorical, dimension: 4}
                                  user-mean: {type: numeric, standardize: {mean: 2, deviation: 2}}
                                  user-genre: {type: numeric}
                                  item-count: {type: numeric, log: true, standardize: {mean: 3, deviation: 3}}
                                  item-trend: {type: numeric, log: true}
                                  idle: {type: bucket, dimension: 4, boundaries: [0.1, 0.5, 1, 5]}
                                  history: {type: categorical-list, dimension: 4}
                                  age: {type: numeric, field: users.age, standardize: {mean: 40, deviation: 40}}
                                  city: {type: categorical, field: users.city, dimension: 4}
                                architecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
                                optimizers:
                                  embedding: {type: adagrad, learning-rate: 0.1}
                                  dense: {type: adagrad, learning-rate: 0.02}
                                events: {out-of-orderness: 1s}
                                training: {micro-batch: 32, max-wait: 20ms, staleness: 1, trainers: 1, shards: 1, cache: 4MiB, torch-threads: 1}
                                versions: {directory: "%s", every: 200ms, base-every: 5, retain: 1000}
                                checkpoints: {directory: "%s"}
                                topics: {impressions: %s-impressions, clicks: %s-clicks, ratings: %s-ratings, score-requests: %s-requests, scores: %s-scores, models: %s-models, metrics: %s-metrics, dead-letters: %s-letters, features: %s-features}
                                """
                                        .formatted(
                                                name,
                                                labelsAndStream,
                                                name,
                                                folder.resolve("versions"),
                                                folder.resolve("checkpoints"),
                                                name,
                                                name,
                                                name,
                                                name,
                                                name,
                                                name,
                                                name,
                                                name,
                                                name),
                                "test.yaml")
                        .withBootstrapServers(kafka.bootstrapServers());
        PipelineConfig often =
                TestPipelines.every(
                        TestPipelines.kafka(config, PacedPolls.properties()),
                        Duration.ofMillis(50));
        try (PipelineTopics topics = new PipelineTopics(often)) {
            topics.createAbsent();
        }
        return often;
    }

    private static PipelineConfig withTrainers(PipelineConfig config, int trainers) {
        PipelineConfig.Training training = config.training();
        return new PipelineConfig(
                config.model(),
                config.kafka(),
                config.topics(),
                config.events(),
                config.labels(),
                new PipelineConfig.Training(
                        training.microBatch(),
                        training.maxWait(),
                        training.reproducible(),
                        training.staleness(),
                        trainers,
                        training.shards(),
                        training.cacheBytes(),
                        training.maxParallelism(),
                        training.torchThreads()),
                config.versions(),
                config.checkpoints(),
                config.metrics(),
                config.scoring());
    }
}
