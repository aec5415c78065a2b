package io.millrace.jobs.cli.bench;

import io.millrace.jobs.BacktestJob;
import io.millrace.jobs.backtest.BacktestPipeline;
import io.millrace.jobs.backtest.BacktestSettings;
import io.millrace.jobs.backtest.OutcomeFile;
import io.millrace.jobs.cli.stream.Jobs;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.train.Sync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Backtests pipelines of MovieLens' small size, for as long as it takes to see how fast. */
public final class BacktestBench {

    private static final long SEED = 42;
    private static final long ENDLESS = Long.MAX_VALUE;
    private static final long LOOK_MILLIS = 20;

    private static final String FEATURES =
            """
            objective: {type: rating, min: 1, max: 5}
            features:
              user: {type: categorical, dimension: 16}
              item: {type: categorical, dimension: 16}
              age: {type: bucket, dimension: %1$d, boundaries: [18, 25, 35, 45, 50, 56]}
              gender: {type: categorical, dimension: %1$d}
              occupation: {type: categorical, dimension: %1$d}
              zip: {type: categorical, field: zip3, dimension: %1$d}
              genres: {type: categorical-list, dimension: %1$d, pooling: mean, max-length: 20}
              year: {type: numeric, clip: [1920, 2000], standardize: {mean: 1989, deviation: 14}}
            optimizers:
              embedding: {type: adagrad, learning-rate: 0.05, initial-accumulator: 1}
              dense: {type: adagrad, learning-rate: 0.01}
            training: {micro-batch: %2$d}
            versions: {directory: "%3$s"}
            checkpoints: {directory: "%3$s"}
            """;

    /** The networks that take part, the first of them alone where there is one. */
    private static final List<Network> NETWORKS =
            List.of(
                    new Network(
                            "dcn-v2",
                            4,
                            "{type: dcn-v2, structure: parallel, cross-layers: 2, hidden: [64, 32]}"),
                    new Network("deepfm", 16, "{type: deepfm, hidden: [64, 32]}"),
                    new Network("dlrm", 16, "{type: dlrm, bottom: [16], top: [64, 32]}"));

    public static final int MOST_PIPELINES = NETWORKS.size();

    private final int microBatch;
    private final Duration warmUp;
    private final Duration window;
    private final Path files;

    /**
     * @param files a directory for the backtests' files
     */
    public BacktestBench(int microBatch, Duration warmUp, Duration window, Path files) {
        this.microBatch = microBatch;
        this.warmUp = warmUp;
        this.window = window;
        this.files = files;
    }

    /** Backtests the first so many networks at once. */
    public BacktestRate run(int pipelines) throws Exception {
        Path outcomes = files.resolve("outcomes-" + pipelines);
        BacktestSettings settings =
                new BacktestSettings(
                        List.of(new Sync.AtOnce()),
                        List.of("0"),
                        List.of(),
                        1,
                        outcomes.toString());
        BacktestJob job =
                new BacktestJob(entrants(pipelines), new RandomRatings(ENDLESS, SEED), settings);
        try (EmbeddedFlink flink = EmbeddedFlink.start(files, job.slots());
                Jobs jobs = new Jobs(flink)) {
            CompletableFuture<?> end = jobs.submit("backtest", job::build);
            while (!Files.exists(outcomes) || examples(outcomes) == 0) {
                pass(end, LOOK_MILLIS);
            }
            pass(end, warmUp.toMillis());
            long before = examples(outcomes);
            Clock clock = new Clock();
            pass(end, window.toMillis());
            double seconds = clock.seconds();
            double cpuSeconds = clock.cpuSeconds();
            long learned = examples(outcomes) - before;
            return new BacktestRate(pipelines, learned / seconds, cpuSeconds / learned * 1e6);
        } finally {
            Files.deleteIfExists(outcomes);
        }
    }

    private List<BacktestPipeline> entrants(int count) {
        List<BacktestPipeline> entrants = new ArrayList<>();
        for (Network network : NETWORKS.subList(0, count)) {
            entrants.add(new BacktestPipeline(network.name(), config(network), null));
        }
        return entrants;
    }

    private PipelineConfig config(Network network) {
        return PipelineConfigReader.read(
                "model: %s\narchitecture: %s\n".formatted(network.name(), network.architecture())
                        + FEATURES.formatted(network.dimension(), microBatch, files),
                "bench " + network.name());
    }

    private static long examples(Path outcomes) throws IOException {
        return OutcomeFile.progress(outcomes).examples();
    }

    private static void pass(CompletableFuture<?> end, long millis) throws InterruptedException {
        if (end.isDone()) {
            throw new IllegalStateException(
                    "the backtest ended while it was measured; its log says why");
        }
        Thread.sleep(millis);
    }

    /**
     * @param dimension of the smaller features' embeddings
     */
    private record Network(String name, int dimension, String architecture) {}
}
