package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import ai.djl.Device;
import io.millrace.jobs.backtest.BacktestPipeline;
import io.millrace.jobs.backtest.BacktestSettings;
import io.millrace.jobs.backtest.OutcomeFile;
import io.millrace.jobs.backtest.OutcomeFile.Recorded;
import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.backtest.SimulatedHistory;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.train.Sync;
import io.millrace.model.evaluate.Outcomes;
import io.millrace.model.evaluate.Series;
import io.millrace.model.evaluate.SliceColumn;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.learn.TorchEngine;
import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.model.score.LoadOutcome;
import io.millrace.model.score.Scorer;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backtests of clicks, from a simulated history to the outcome file. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BacktestITCase {

    private static final int BATCH = 32;
    private static final long WINDOW = 5_000;
    private static final long OUT_OF_ORDERNESS = 1_000;
    private static final SimulatedHistory HISTORY = new SimulatedHistory(5);
    private static final String PLAIN =
            """
              user: {type: categorical, dimension: 4}
              item: {type: categorical, dimension: 4}
            """;
    private static final String POSITIONED =
            PLAIN + "  position: {type: numeric}\n  category: {type: categorical, dimension: 4}\n";
    private static final String DEVICED = PLAIN + "  device: {type: categorical, dimension: 4}\n";

    private static final String FEATURED =
            PLAIN
                    + """
                      user-clicks: {type: numeric}
                      item-rate: {type: numeric}
                      history: {type: categorical-list, dimension: 4}
                    stream-features:
                      user-clicks: {type: count, by: user, of: click}
                      item-rate: {type: mean, by: item, prior: 0.1, strength: 5}
                      history: {type: last, by: user, of: click, field: item, length: 3}
                    """;

    private static final List<Sync> SYNCS =
            List.of(
                    new Sync.AtOnce(),
                    new Sync.Every(Duration.ofMinutes(1)),
                    new Sync.Once(SimulatedHistory.START.plusSeconds(120).toEpochMilli()));
    private static final List<String> SYNC_NAMES = List.of("0", "1m", "never");

    /** What the history of {@link #whatIsThereCanBeReadAtAnyTime} waits for. */
    private static final CountDownLatch GATE = new CountDownLatch(1);

    @TempDir private static Path directory;
    private static EmbeddedFlink flink;

    @BeforeAll
    static void start() {
        flink = EmbeddedFlink.start(directory, 4);
    }

    @AfterAll
    static void stop() {
        GATE.countDown();
        flink.close();
    }

    @Test
    void usageExample() throws Exception {
        Run run = run("usage", 1, Map.of("plain", PLAIN, "positioned", POSITIONED));

        Outcomes outcomes = run.recorded.outcomes();
        assertThat(outcomes.series())
                .containsExactly(
                        new Series("plain", "0"),
                        new Series("plain", "1m"),
                        new Series("plain", "never"),
                        new Series("positioned", "0"),
                        new Series("positioned", "1m"),
                        new Series("positioned", "never"));
        assertThat(run.recorded.events()).isEqualTo(HISTORY.size());
        assertThat(OutcomeFile.progress(run.file).events()).isEqualTo(HISTORY.size());
        assertThat(OutcomeFile.progress(run.file).examples()).isEqualTo(outcomes.size());
        assertThat(run.recorded.unlabelled()).isPositive();
        List<Joined> joined = joined();
        assertThat(outcomes.size()).isEqualTo(joined.size()).isGreaterThan(2_900);
        for (int i = 0; i < joined.size(); i++) {
            assertThat(outcomes.times()[i]).isEqualTo(joined.get(i).impression.getTimestamp());
            assertThat(outcomes.labels()[i]).isEqualTo(joined.get(i).label);
        }
        SliceColumn positions = outcomes.slices().get(0);
        assertThat(positions.name()).isEqualTo("position");
        assertThat(positions.values()).contains("1", "5", "third");
        assertThat(positions.values().get(positions.codes()[0]))
                .isEqualTo(joined.get(0).impression.getFeatures().get("position").toString());
    }

    @Test
    void runsAreTheSameAtAnyNumberOfReaders() throws Exception {
        Map<String, String> pipelines = Map.of("plain", PLAIN, "positioned", POSITIONED);
        Run one = run("one-reader", 1, pipelines);
        Run three = run("three-readers", 3, pipelines);

        assertThat(three.recorded)
                .usingRecursiveComparison()
                .ignoringFields("outcomes.predictions")
                .isEqualTo(one.recorded);
        for (Series series : one.recorded.outcomes().series()) {
            assertThat(three.predictions(series.pipeline(), series.sync()))
                    .isEqualTo(one.predictions(series.pipeline(), series.sync()));
        }
        assertThat(three.recorded.fingerprint()).hasSize(64);
        assertThat(fingerprint(three, "plain")).isEqualTo(fingerprint(one, "plain"));
    }

    @Test
    void anotherPipelineChangesNothing() throws Exception {
        Run two = run("two", 2, Map.of("plain", PLAIN, "positioned", POSITIONED));
        Run three =
                run(
                        "three",
                        2,
                        Map.of("deviced", DEVICED, "plain", PLAIN, "positioned", POSITIONED));

        for (Series series : two.recorded.outcomes().series()) {
            assertThat(three.predictions(series.pipeline(), series.sync()))
                    .isEqualTo(two.predictions(series.pipeline(), series.sync()));
        }
        assertThat(three.recorded.fingerprint()).isEqualTo(two.recorded.fingerprint());
        assertThat(three.predictions("deviced", "0")).isNotEqualTo(three.predictions("plain", "0"));
        assertThat(fingerprint(three, "plain")).isEqualTo(fingerprint(two, "plain"));
    }

    /** Its examples wait for their values, and yet have their places in the joined stream. */
    @Test
    void aPipelineWithStreamFeaturesChangesNothingOfAnother() throws Exception {
        Run plain = run("without-features", 2, Map.of("plain", PLAIN));
        Run featured = run("features-alone", 1, Map.of("featured", FEATURED));
        Run both = run("with-features", 2, Map.of("featured", FEATURED, "plain", PLAIN));

        for (String sync : SYNC_NAMES) {
            assertThat(both.predictions("plain", sync))
                    .as(sync)
                    .isEqualTo(plain.predictions("plain", sync));
            assertThat(both.predictions("featured", sync))
                    .as(sync)
                    .isEqualTo(featured.predictions("featured", sync));
        }
        assertThat(both.predictions("featured", "0")).isNotEqualTo(both.predictions("plain", "0"));
        assertThat(both.recorded.fingerprint()).isEqualTo(plain.recorded.fingerprint());
        assertThat(fingerprint(both, "plain")).isEqualTo(fingerprint(plain, "plain"));
        assertThat(fingerprint(both, "featured")).isEqualTo(fingerprint(featured, "featured"));
    }

    @Test
    void predictionsAtOnceAreThoseOfAPlainLoop() throws Exception {
        Run run = run("loop", 1, Map.of("positioned", POSITIONED));
        PipelineConfig config = run.pipelines.get(0).config();

        List<Example> examples = new ArrayList<>();
        FeatureExtractor extractor = new FeatureExtractor(config.model());
        List<Joined> joined = joined();
        for (int i = 0; i < joined.size(); i++) {
            Impression impression = joined.get(i).impression;
            if (!"third".equals(impression.getFeatures().get("position"))) {
                examples.add(extract(extractor, impression).labelled(joined.get(i).label, 1));
            }
        }

        // What its only pipeline cannot use is not in the stream.
        assertThat(examples).hasSize(joined.size() - 1);
        assertThat(run.predictions("positioned", "0")).isEqualTo(learn(config, examples));
    }

    @Test
    void anEventThatOnePipelineRefusesIsTheOthersAllTheSame() throws Exception {
        Run run = run("odd", 1, Map.of("plain", PLAIN, "positioned", POSITIONED));

        assertThat(run.recorded.rejected())
                .extracting(RejectedEvent::origin, RejectedEvent::pipeline, RejectedEvent::reason)
                .containsExactly(
                        tuple(
                                "world.avro, line " + SimulatedHistory.UNREADABLE,
                                "",
                                run.recorded.rejected().get(0).reason()),
                        tuple("world.avro, line " + odd(), "positioned", "INVALID_VALUE"),
                        tuple(run.recorded.rejected().get(2).origin(), "", "UNMATCHED_CLICK"));
        assertThat(run.recorded.rejected().get(1).detail()).contains("position");
        assertThat(OutcomeFile.progress(run.file).rejected()).isEqualTo(3);
        List<Joined> joined = joined();
        float[] plain = run.predictions("plain", "0");
        float[] positioned = run.predictions("positioned", "0");
        for (int i = 0; i < joined.size(); i++) {
            boolean isOdd = "third".equals(joined.get(i).impression.getFeatures().get("position"));
            assertThat(Float.isNaN(positioned[i])).isEqualTo(isOdd);
            assertThat(plain[i]).isBetween(0f, 1f);
        }
    }

    @Test
    void theLastVersionCanBeServed() throws Exception {
        Run run = run("served", 1, Map.of("plain", PLAIN, "positioned", POSITIONED));

        for (BacktestPipeline pipeline : run.pipelines) {
            PipelineConfig config = pipeline.config();
            Manifest manifest = VersionRows.newest(config);
            assertThat(VersionRows.catalog(config).versions()).containsExactly(1L);
            int odd = pipeline.name().equals("plain") ? 0 : 1;
            assertThat(manifest.examples()).isEqualTo(joined().size() - odd);
            try (Scorer scorer =
                    new Scorer(VersionRows.storage(config), config.model().name(), Device.cpu())) {
                assertThat(scorer.load(1)).isInstanceOf(LoadOutcome.Loaded.class);
                Example example =
                        extract(new FeatureExtractor(config.model()), joined().get(0).impression);
                assertThat(scorer.score(List.of(example)).scores()[0])
                        .isBetween(0.001f, 0.999f)
                        .isNotEqualTo(0.5f);
            }
        }
    }

    @Test
    void whatIsThereCanBeReadAtAnyTime() throws Exception {
        SimulatedHistory halted = new SimulatedHistory(5, BacktestITCase::waitInTheMiddle);
        List<BacktestPipeline> pipelines = pipelines("halted", Map.of("plain", PLAIN));
        BacktestSettings settings = settings("halted", 1);
        StreamExecutionEnvironment env = flink.environment();
        new BacktestJob(pipelines, halted, settings).build(env);
        JobClient client = env.executeAsync("halted");
        Path file = Path.of(settings.outcomes());
        Await.until(
                "outcomes of a running backtest",
                () -> Files.exists(file) && OutcomeFile.progress(file).examples() >= 1_000);
        Recorded running = OutcomeFile.read(file, pipelines, settings);
        flink.cancel(client.getJobID());

        Recorded cancelled = OutcomeFile.read(file, pipelines, settings);
        assertThat(running.outcomes().size()).isBetween(1_000, cancelled.outcomes().size());
        assertThat(cancelled.events()).isBetween(1_000L, 2_000L);
        Run whole = run("whole", 1, Map.of("plain", PLAIN));
        int rows = cancelled.outcomes().size();
        assertThat(cancelled.outcomes().predictions()[0])
                .isEqualTo(Arrays.copyOf(whole.predictions("plain", "0"), rows));
    }

    @Test
    void aHistoryThatCannotBeReadEndsTheBacktestWithTheReason() throws Exception {
        SimulatedHistory broken = new SimulatedHistory(5, BacktestITCase::failInTheMiddle);
        List<BacktestPipeline> pipelines = pipelines("broken", Map.of("plain", PLAIN));
        BacktestSettings settings = settings("broken", 1);
        StreamExecutionEnvironment env = flink.environment();
        new BacktestJob(pipelines, broken, settings).build(env);

        assertThatThrownBy(() -> env.execute("broken"))
                .hasStackTraceContaining("the disk is on fire");

        Recorded recorded = OutcomeFile.read(Path.of(settings.outcomes()), pipelines, settings);
        assertThat(recorded.events()).isLessThan(2_000);
        assertThat(VersionRows.newestVersion(pipelines.get(0).config())).isZero();
    }

    private static void failInTheMiddle(int line) {
        if (line == 2_000) {
            throw new IllegalStateException("the disk is on fire");
        }
    }

    private static void waitInTheMiddle(int line) {
        if (line == 2_000) {
            try {
                GATE.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static long odd() {
        List<HistoryEvent> events = HISTORY.events();
        int line = SimulatedHistory.ODD;
        while (events.get(line - 1).kind() != HistoryEvent.Kind.IMPRESSION) {
            line++;
        }
        return line;
    }

    private static Run run(String name, int readers, Map<String, String> features)
            throws Exception {
        List<BacktestPipeline> pipelines = pipelines(name, features);
        BacktestSettings settings = settings(name, readers);
        StreamExecutionEnvironment env = flink.environment();
        new BacktestJob(pipelines, HISTORY, settings).build(env);
        env.execute(name);
        Path file = Path.of(settings.outcomes());
        return new Run(file, pipelines, OutcomeFile.read(file, pipelines, settings));
    }

    private static List<BacktestPipeline> pipelines(String run, Map<String, String> features) {
        List<BacktestPipeline> pipelines = new ArrayList<>();
        features.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        entry ->
                                pipelines.add(
                                        new BacktestPipeline(
                                                entry.getKey(),
                                                config(run, entry.getKey(), entry.getValue()),
                                                null)));
        return pipelines;
    }

    private static BacktestSettings settings(String run, int readers) {
        return new BacktestSettings(
                SYNCS,
                SYNC_NAMES,
                List.of("position"),
                readers,
                directory.resolve(run + ".outcomes").toString());
    }

    private static PipelineConfig config(String run, String model, String features) {
        return PipelineConfigReader.read(
                """
                model: %s
                seed: 1
                objective: {type: click}
                features:
                %sarchitecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
                optimizers:
                  embedding: {type: adagrad, learning-rate: 0.1}
                  dense: {type: adagrad, learning-rate: 0.02}
                events: {out-of-orderness: %dms}
                labels: {attribution-window: %dms}
                training: {micro-batch: %d, cache: 4MiB}
                versions: {directory: "%s"}
                checkpoints: {directory: "%s"}
                """
                        .formatted(
                                model,
                                features,
                                OUT_OF_ORDERNESS,
                                WINDOW,
                                BATCH,
                                directory.resolve(run).resolve("versions"),
                                directory.resolve(run).resolve("checkpoints")),
                "test.yaml");
    }

    private static String fingerprint(Run run, String pipeline) throws Exception {
        for (BacktestPipeline one : run.pipelines) {
            if (one.name().equals(pipeline)) {
                return VersionRows.fingerprint(one.config(), 1);
            }
        }
        throw new AssertionError(pipeline);
    }

    /** The joined stream, restated: clicks at once, the others when their windows have ended. */
    private static List<Joined> joined() throws UndecodableException {
        EventCodec<Impression> impressions = EventCodec.of(Impression.class, EventFormat.AVRO);
        EventCodec<Click> clicks = EventCodec.of(Click.class, EventFormat.AVRO);
        Map<String, Impression> open = new LinkedHashMap<>();
        List<Joined> joined = new ArrayList<>();
        long largest = Long.MIN_VALUE;
        for (HistoryEvent event : HISTORY.events()) {
            if (event.origin().offset() == SimulatedHistory.UNREADABLE) {
                continue;
            }
            largest = Math.max(largest, event.time());
            close(open, largest - OUT_OF_ORDERNESS - 1, joined);
            if (event.kind() == HistoryEvent.Kind.IMPRESSION) {
                Impression impression = impressions.decode(event.payload());
                open.put(impression.getImpressionId(), impression);
            } else {
                String id = clicks.decode(event.payload()).getImpressionId();
                Impression impression = open.remove(id);
                if (impression != null) {
                    joined.add(new Joined(impression, 1));
                }
            }
        }
        close(open, largest - 1, joined);
        return joined;
    }

    private static void close(Map<String, Impression> open, long watermark, List<Joined> joined) {
        List<Impression> ended =
                open.values().stream()
                        .filter(impression -> impression.getTimestamp() + WINDOW <= watermark)
                        .sorted(Comparator.comparingLong(Impression::getTimestamp))
                        .toList();
        for (Impression impression : ended) {
            open.remove(impression.getImpressionId());
            joined.add(new Joined(impression, 0));
        }
    }

    private static Example extract(FeatureExtractor extractor, Impression impression)
            throws InvalidEventException {
        return extractor.extract(
                impression.getUser(),
                impression.getItem(),
                impression.getFeatures(),
                Map.of(),
                impression.getTimestamp());
    }

    /** Predicts each batch, then learns from it, in plain memory. */
    private static float[] learn(PipelineConfig config, List<Example> examples) {
        TorchEngine.start(1);
        ParameterLayout layout = new ParameterLayout(config.model());
        ParameterTable table =
                new ParameterTable(
                        layout, new MemoryRowStore(), ParameterTable.cacheBytes(layout, 10_000));
        float[] predictions = new float[examples.size()];
        try (Learner learner = new Learner(config.model(), Device.cpu())) {
            for (int from = 0; from < examples.size(); from += BATCH) {
                int to = Math.min(from + BATCH, examples.size());
                MicroBatch batch = MicroBatch.of(examples.subList(from, to), layout, 1, key -> 0);
                int keys = batch.keys().length;
                float[] weights = new float[batch.weightCount()];
                table.pull(batch.keys(), 0, keys, weights, 0);
                float[] gradients = new float[batch.weightCount()];
                float[] predicted = learner.learn(batch, weights, gradients);
                System.arraycopy(predicted, 0, predictions, from, to - from);
                table.push(
                        batch.keys(),
                        0,
                        keys,
                        batch.examplesByKey(),
                        gradients,
                        0,
                        batch.maxEventTime(),
                        null);
            }
        }
        return predictions;
    }

    private record Joined(Impression impression, float label) {}

    private record Run(Path file, List<BacktestPipeline> pipelines, Recorded recorded) {

        float[] predictions(String pipeline, String sync) {
            int series = recorded.outcomes().series().indexOf(new Series(pipeline, sync));
            return recorded.outcomes().predictions()[series];
        }
    }
}
