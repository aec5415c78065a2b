package io.millrace.jobs.version;

import io.millrace.model.version.Compaction;
import io.millrace.model.version.DenseExport;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionRetention;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows the publication of a version and only makes reading cheaper: the dense export, a
 * compacted base at every so many versions, and retention. It runs on a thread of its own, off the
 * path of checkpoints, and looks after the newest version only; what fails is tried again after the
 * next.
 */
final class VersionUpkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VersionUpkeep.class);
    private static final long NONE = -1;

    private final VersionStorage storage;
    private final VersionSettings settings;
    private final String model;
    private final ExecutorService thread;
    private final AtomicLong wanted = new AtomicLong(NONE);

    VersionUpkeep(VersionStorage storage, VersionSettings settings) {
        this.storage = storage;
        this.settings = settings;
        model = settings.spec().name();
        thread =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread made = new Thread(task, "version-upkeep-" + model);
                            made.setDaemon(true);
                            return made;
                        });
    }

    /** Looks after the storage now that {@code version} is published. */
    void after(long version) {
        if (wanted.getAndSet(version) == NONE) {
            thread.execute(
                    () -> {
                        long newest = wanted.getAndSet(NONE);
                        attempt("exporting the dense tensors", newest, this::export);
                        attempt("compacting", newest, this::compactWhenDue);
                        attempt("retention", newest, this::retire);
                    });
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        thread.awaitTermination(30, TimeUnit.SECONDS);
    }

    private void export(long version) throws IOException {
        new DenseExport(storage, model).export(version);
    }

    private void compactWhenDue(long version) throws IOException {
        int deltas = new VersionCatalog(storage, model).chain(version).links().size() - 1;
        if (deltas >= settings.baseEvery()) {
            new Compaction(storage, model).compact(version);
        }
    }

    private void retire(long version) throws IOException {
        new VersionRetention(storage, model).apply(settings.retain());
    }

    private void attempt(String what, long version, Step step) {
        try {
            step.run(version);
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} after version {} of model {} failed", what, version, model, e);
        }
    }

    private interface Step {
        void run(long version) throws IOException;
    }
}
