package io.millrace.jobs;

import io.millrace.jobs.backtest.BacktestGraph;
import io.millrace.jobs.backtest.BacktestPipeline;
import io.millrace.jobs.backtest.BacktestSettings;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.History;
import io.millrace.jobs.train.BatchOutcome;
import io.millrace.jobs.train.ParameterServer;
import io.millrace.jobs.train.SyncSettings;
import io.millrace.jobs.train.TrainerSettings;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.jobs.version.VersionNumbers;
import io.millrace.jobs.version.VersionSettings;
import io.millrace.model.example.Example;
import io.millrace.model.loss.Objective;
import io.millrace.model.version.VersionCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The backtest: recorded events through label join and parameter servers of several pipelines.
 *
 * <pre>
 *   history - read (R) - order - label join -.- parameter server of a -.- judge - outcome file
 *                          (ratings go by)   '- parameter server of b -'
 *                                               '- version pieces - versions
 * </pre>
 *
 * <p>All pipelines learn from one joined stream, each with one trainer, one shard and batches that
 * are cut by count alone; so what is recorded is a function of history and configuration, and a
 * pipeline's share of it does not depend on the others. The only checkpoint is that of the end,
 * which is each pipeline's last version.
 */
public final class BacktestJob {

    /** Of readers; all else is one. */
    private static final int MAX_PARALLELISM = 128;

    private final List<BacktestPipeline> pipelines;
    private final History history;
    private final BacktestSettings settings;

    /**
     * @param pipelines what the first says of checkpoints holds
     * @throws IllegalArgumentException when they cannot learn from the same stream
     */
    public BacktestJob(
            List<BacktestPipeline> pipelines, History history, BacktestSettings settings) {
        this.pipelines = List.copyOf(pipelines);
        this.history = history;
        this.settings = settings;
        requireOneStream();
        requireApart();
        requireSettings();
    }

    /** Slots that the job needs: trainers have one of their own. */
    public int slots() {
        return 1 + settings.readers();
    }

    /** Adds the job to an environment. */
    public void build(StreamExecutionEnvironment env) {
        JobSettings.configureBacktest(env, first(), MAX_PARALLELISM);
        BacktestGraph graph = BacktestGraph.of(env, history, pipelines, settings);
        List<DataStream<BatchOutcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < pipelines.size(); i++) {
            outcomes.add(train(pipelines.get(i), graph.examples(i)));
        }
        graph.judge(outcomes);
    }

    private DataStream<BatchOutcome> train(
            BacktestPipeline pipeline, DataStream<Example> examples) {
        PipelineConfig config = pipeline.config();
        VersionDirectory storage = VersionDirectory.of(config.versions().directory());
        ParameterServer server =
                ParameterServer.wire(
                        examples,
                        pipeline.name(),
                        config.model(),
                        new ParameterServer.Settings(
                                new TrainerSettings(
                                        config.training().microBatch(),
                                        config.training().maxWait(),
                                        true,
                                        1,
                                        1,
                                        new SyncSettings(settings.syncs(), labelWait(config)),
                                        config.labels().weighting()),
                                1,
                                1,
                                config.training().cacheBytes(),
                                config.metrics().everyExamples(),
                                new VersionNumbers(newest(storage, config.model().name())),
                                storage,
                                pipeline.start()),
                        MAX_PARALLELISM);
        server.metrics()
                .sinkTo(new DiscardingSink<>())
                .name("metrics")
                .uid(pipeline.name() + "-metrics")
                .setParallelism(1);
        Publication.of(
                server.pieces(),
                pipeline.name() + "-versions",
                new VersionSettings(
                        config.model(),
                        storage,
                        1,
                        config.versions().baseEvery(),
                        config.versions().retain()),
                Unannounced::new);
        return server.outcomes();
    }

    /** How long after its event time an example may come. */
    private static Duration labelWait(PipelineConfig config) {
        Duration outOfOrderness = config.events().outOfOrderness();
        return config.model().objective() instanceof Objective.Rating
                ? outOfOrderness
                : outOfOrderness.plus(config.labels().lateWindow());
    }

    private static long newest(VersionDirectory storage, String model) {
        try {
            return new VersionCatalog(storage.open(), model).newest().orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the versions of model " + model + " in " + storage.path() + " cannot be read",
                    e);
        }
    }

    private PipelineConfig first() {
        return pipelines.get(0).config();
    }

    private void requireOneStream() {
        if (pipelines.isEmpty()) {
            throw new IllegalArgumentException("a backtest needs at least one pipeline");
        }
        for (BacktestPipeline other : pipelines) {
            PipelineConfig config = other.config();
            PipelineConfig.Events events = config.events();
            PipelineConfig.Events firstEvents = first().events();
            requireSame(
                    other,
                    "objective",
                    text(first().model().objective()),
                    text(config.model().objective()));
            if (config.model().objective() instanceof Objective.Click click
                    && first().model().objective() instanceof Objective.Click firstClick) {
                requireSame(
                        other,
                        "objective.negative-sampling",
                        firstClick.negativeSampling(),
                        click.negativeSampling());
                PipelineConfig.Labels labels = config.labels();
                PipelineConfig.Labels firstLabels = first().labels();
                requireSame(other, "labels.policy", firstLabels.policy(), labels.policy());
                requireSame(
                        other,
                        "labels.attribution-window",
                        firstLabels.attributionWindow(),
                        labels.attributionWindow());
                requireSame(
                        other, "labels.late-window", firstLabels.lateWindow(), labels.lateWindow());
            }
            requireSame(
                    other,
                    "events.out-of-orderness",
                    firstEvents.outOfOrderness(),
                    events.outOfOrderness());
            requireSame(other, "events.max-ahead", firstEvents.maxAhead(), events.maxAhead());
            requireSame(other, "events.max-bytes", firstEvents.maxBytes(), events.maxBytes());
        }
    }

    private void requireSame(BacktestPipeline other, String key, Object first, Object value) {
        if (!first.equals(value)) {
            throw new IllegalArgumentException(
                    "pipelines "
                            + pipelines.get(0).name()
                            + " and "
                            + other.name()
                            + " cannot learn from the same examples: "
                            + key
                            + " is "
                            + first
                            + " in "
                            + pipelines.get(0).name()
                            + " and "
                            + value
                            + " in "
                            + other.name()
                            + "; backtest them one by one, or give both the same");
        }
    }

    private static String text(Objective objective) {
        return objective instanceof Objective.Rating rating
                ? "ratings from " + rating.min() + " to " + rating.max()
                : "clicks";
    }

    private void requireApart() {
        Map<String, String> names = new HashMap<>();
        Map<String, String> versions = new HashMap<>();
        for (BacktestPipeline pipeline : pipelines) {
            if (names.put(pipeline.name(), pipeline.name()) != null) {
                throw new IllegalArgumentException(
                        "two pipelines are called " + pipeline.name() + "; give each its own name");
            }
            String model = pipeline.config().model().name();
            String directory = VersionDirectory.of(pipeline.config().versions().directory()).path();
            String other = versions.put(directory + "\n" + model, pipeline.name());
            if (other != null) {
                throw new IllegalArgumentException(
                        "pipelines "
                                + other
                                + " and "
                                + pipeline.name()
                                + " would both write versions of model "
                                + model
                                + " to "
                                + directory
                                + "; give each its own versions.directory");
            }
        }
    }

    private void requireSettings() {
        if (settings.syncs().isEmpty() || settings.syncs().size() != settings.syncNames().size()) {
            throw new IllegalArgumentException(
                    settings.syncs().size()
                            + " syncs with "
                            + settings.syncNames().size()
                            + " names are given; at least one, and a name for each, is needed");
        }
        if (settings.readers() < 1 || settings.readers() > MAX_PARALLELISM) {
            throw new IllegalArgumentException(
                    "readers is " + settings.readers() + "; expected 1 to " + MAX_PARALLELISM);
        }
    }
}
