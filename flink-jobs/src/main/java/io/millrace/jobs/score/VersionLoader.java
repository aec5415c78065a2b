package io.millrace.jobs.score;

import io.millrace.model.score.LoadOutcome;
import io.millrace.model.score.Scorer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
    private final AtomicLong refused = new AtomicLong();

    VersionLoader(Scorer scorer, String model) {
        this.scorer = scorer;
        this.model = model;
        thread =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread made = new Thread(task, "version-loader-" + model);
                            made.setDaemon(true);
                            return made;
                        });
    }

    /** Loads a version in the background. */
    void want(long version) {
        if (wanted.getAndAccumulate(version, Math::max) == NONE) {
            thread.execute(this::loadWanted);
        }
    }

    /** Loads a version before returning; says whether it is live now. */
    boolean load(long version) {
        try {
            LoadOutcome outcome = scorer.load(version);
            if (outcome instanceof LoadOutcome.Refused no) {
                refused.incrementAndGet();
                LOG.warn(
                        "version {} of model {} is not served: {}; still serving {}",
                        version,
                        model,
                        no.reason(),
                        scorer.version() == null ? "none" : "version " + scorer.version());
                return false;
            }
            return true;
        } catch (RuntimeException e) {
            refused.incrementAndGet();
            LOG.error("version {} of model {} could not be loaded", version, model, e);
            return false;
        }
    }

    /** Versions that were not fit to serve. */
    long refused() {
        return refused.get();
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
