package io.millrace.jobs.version;

import io.millrace.jobs.telemetry.LogContext;
import io.millrace.model.version.Compaction;
import io.millrace.model.version.DamagedVersionException;
import io.millrace.model.version.DenseExport;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionRetention;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows the publication of a version and only makes reading cheaper: the dense export, a
 * compacted base at every so many versions, and retention. It runs on a thread of its own, off the
 * path of checkpoints, and looks after the newest version only; what fails is tried again after the
 * next.
 *
 * <p>It is also the one who finds out that a base cannot be made because a file of the chain is
 * damaged. All that trying again can do then is fail, and no version that builds on that file can
 * be served by who does not hold its rows already.
 */
final class VersionUpkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VersionUpkeep.class);

    private final VersionStorage storage;
    private final VersionSettings settings;
    private final String model;
    private final ExecutorService thread;
    private final AtomicReference<@Nullable Manifest> wanted = new AtomicReference<>();
    private final AtomicReference<@Nullable DamagedVersionException> damage =
            new AtomicReference<>();
    private final Counter failures = new ThreadSafeSimpleCounter();

    VersionUpkeep(VersionStorage storage, VersionSettings settings) {
        this.storage = storage;
        this.settings = settings;
        model = settings.spec().name();
        thread = Executors.newSingleThreadExecutor(LogContext.threads("version-upkeep-" + model));
    }

    /** Looks after the storage now that this version is published. */
    void after(Manifest published) {
        if (wanted.getAndSet(published) == null) {
            thread.execute(this::lookAfterNewest);
        }
    }

    /** What keeps the newest version's chain from being read; null as far as is known. */
    @Nullable DamagedVersionException damage() {
        return damage.get();
    }

    /** Steps that have failed since the task started. */
    Counter failures() {
        return failures;
    }

    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        thread.awaitTermination(30, TimeUnit.SECONDS);
    }

    private void lookAfterNewest() {
        Manifest newest = wanted.getAndSet(null);
        if (newest != null) {
            try (var said = LogContext.version(newest.version())) {
                attempt("exporting the dense tensors", newest, this::export);
                attempt("compacting", newest, this::compactWhenDue);
                attempt("retention", newest, this::retire);
            }
        }
    }

    private void export(Manifest newest) throws IOException {
        new DenseExport(storage, model).export(newest.version());
    }

    private void compactWhenDue(Manifest newest) throws IOException {
        try {
            long version = newest.version();
            int deltas = new VersionCatalog(storage, model).chain(version).links().size() - 1;
            if (deltas >= settings.baseEvery()) {
                new Compaction(storage, model).compact(version);
            }
        } catch (DamagedVersionException found) {
            damage.set(found);
            throw found;
        }
    }

    /** A shard that has not heard of the newest version yet builds on its parent. */
    private void retire(Manifest newest) throws IOException {
        Long parent = newest.parent();
        Set<Long> live =
                parent == null ? Set.of(newest.version()) : Set.of(newest.version(), parent);
        new VersionRetention(storage, model).apply(settings.retain(), live);
    }

    private void attempt(String what, Manifest newest, Step step) {
        try {
            step.run(newest);
        } catch (IOException | RuntimeException e) {
            failures.inc();
            LOG.warn("{} after version {} of model {} failed", what, newest.version(), model, e);
        }
    }

    private interface Step {
        void run(Manifest newest) throws IOException;
    }
}
