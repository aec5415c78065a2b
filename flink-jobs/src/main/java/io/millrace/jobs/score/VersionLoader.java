package io.millrace.jobs.score;

import io.millrace.jobs.telemetry.LogContext;
import io.millrace.model.score.LoadOutcome;
import io.millrace.model.score.Scorer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads announced versions on a thread of its own, so that scoring never waits for a load. Only the
 * newest announced version is loaded; those it overtook are skipped.
 */
final class VersionLoader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VersionLoader.class);
    private static final long NONE = -1;

    private final Scorer scorer;
    private final String model;
    private final ExecutorService thread;
    private final AtomicLong wanted = new AtomicLong(NONE);
    private final Counter refused = new ThreadSafeSimpleCounter();

    VersionLoader(Scorer scorer, String model) {
        this.scorer = scorer;
        this.model = model;
        thread = Executors.newSingleThreadExecutor(LogContext.threads("version-loader-" + model));
    }

    /** Loads a version in the background. */
    void want(long version) {
        if (wanted.getAndAccumulate(version, Math::max) == NONE) {
            thread.execute(this::loadWanted);
        }
    }

    /** Loads a version before returning; says whether it is live now. */
    boolean load(long version) {
        try (var said = LogContext.version(version)) {
            return loadSaid(version);
        }
    }

    private boolean loadSaid(long version) {
        try {
            LoadOutcome outcome = scorer.load(version);
            if (outcome instanceof LoadOutcome.Refused no) {
                refused.inc();
                LOG.warn(
                        "version {} of model {} is not served: {}; still serving {}",
                        version,
                        model,
                        no.reason(),
                        scorer.version() == null ? "none" : "version " + scorer.version());
                return false;
            }
            LOG.info("version {} of model {} is served", version, model);
            return true;
        } catch (RuntimeException e) {
            refused.inc();
            LOG.error("version {} of model {} could not be loaded", version, model, e);
            return false;
        }
    }

    /** Versions that were not fit to serve. */
    Counter refused() {
        return refused;
    }

    @Override
    public void close() throws InterruptedException {
        thread.shutdownNow();
        thread.awaitTermination(30, TimeUnit.SECONDS);
    }

    private void loadWanted() {
        load(wanted.getAndSet(NONE));
    }
}
