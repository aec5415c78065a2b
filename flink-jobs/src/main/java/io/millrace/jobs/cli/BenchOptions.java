package io.millrace.jobs.cli;

import io.millrace.jobs.cli.bench.BenchSettings;
import io.millrace.jobs.cli.bench.Workload;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that all measurements of training share. */
final class BenchOptions {

    private static final long SEED = 42;
    static final int MOST_THREADS = 1024;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Threads of one tensor operation, in every mode (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--micro-batch",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Examples in a micro-batch, in every mode (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--staleness",
            paramLabel = "N",
            defaultValue = "3",
            description = "Micro-batches of the job in flight (default: ${DEFAULT-VALUE}).")
    private int staleness;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "Time between checkpoints of the job (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration checkpointEvery;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "15s",
            description = "Time before each measurement (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration warmUp;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            defaultValue = "20s",
            description =
                    "Time of each measurement; some checkpoints should fall into it (default:"
                            + " ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Duration window;

    @Option(
            names = "--skew",
            paramLabel = "S",
            defaultValue = "1.05",
            description =
                    "Exponent of Zipf's law, by which values occur (default: ${DEFAULT-VALUE}).")
    private double skew;

    BenchSettings settings(long cacheBytes) {
        require("--threads", threads, 1, MOST_THREADS);
        require("--micro-batch", batch, 1, 65_536);
        require("--staleness", staleness, 1, 64);
        if (checkpointEvery.toMillis() < 100) {
            throw new UsageException("--checkpoint-every must be at least 100ms");
        }
        return new BenchSettings(
                threads, batch, staleness, cacheBytes, warmUp, window, checkpointEvery);
    }

    /** Events of the seed, with so many distinct values. */
    Workload workload(long values, boolean filled) {
        return workload(values, skew, filled);
    }

    /** Events of the seed, with so many distinct values that occur by this skew. */
    static Workload workload(long values, double skew, boolean filled) {
        if (values < Workload.FEWEST_VALUES || values > Workload.MOST_VALUES) {
            throw new UsageException(
                    "--values must be from "
                            + Workload.FEWEST_VALUES
                            + " to "
                            + Workload.MOST_VALUES);
        }
        if (!(skew >= 0 && skew <= 10)) {
            throw new UsageException(
                    "--skew must be from 0, where all values are as frequent, to 10");
        }
        return new Workload(values, skew, filled, SEED);
    }

    /** A number for JSON, without digits that mean nothing; null where nothing was measured. */
    static @Nullable Double rounded(double value) {
        return Double.isFinite(value) ? (Double) (Math.round(value * 1e4) / 1e4) : null;
    }

    static void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new UsageException(option + " must be from " + least + " to " + most);
        }
    }
}
