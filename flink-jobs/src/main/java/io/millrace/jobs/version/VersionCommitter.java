package io.millrace.jobs.version;

import io.millrace.model.version.Compaction;
import io.millrace.model.version.DenseExport;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionRetention;
import io.millrace.model.version.VersionStorage;
import io.millrace.model.version.VersionWriter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.sink2.Committer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes versions whose checkpoints are complete: manifest, then announcement. What only makes
 * reading cheaper (compacted bases, the dense export, retention) follows on a thread of its own,
 * off the path of checkpoints; should it fail, the next version tries again.
 */
final class VersionCommitter implements Committer<Manifest> {

    private static final Logger LOG = LoggerFactory.getLogger(VersionCommitter.class);

    private final VersionSettings settings;
    private final VersionAnnouncer announcer;
    private final VersionStorage storage;
    private final VersionWriter writer;
    private final ExecutorService upkeep;

    VersionCommitter(VersionSettings settings, VersionAnnouncer announcer) {
        this.settings = settings;
        this.announcer = announcer;
        storage = settings.directory().open();
        writer = new VersionWriter(storage);
        upkeep =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread thread = new Thread(task, "version-upkeep");
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    @Override
    public void commit(Collection<CommitRequest<Manifest>> requests) throws IOException {
        SortedMap<Long, Manifest> pending = new TreeMap<>();
        for (CommitRequest<Manifest> request : requests) {
            pending.put(request.getCommittable().version(), request.getCommittable());
        }
        List<Manifest> complete = complete(pending);
        for (Manifest manifest : complete) {
            if (isRetired(manifest)) {
                LOG.warn(
                        "version {} of model {} was removed by retention, so it is not published"
                                + " again; the next version stands alone",
                        manifest.version(),
                        manifest.model());
            } else {
                publish(manifest);
            }
        }
        if (!complete.isEmpty()) {
            long newest = complete.get(complete.size() - 1).version();
            upkeep.execute(() -> maintain(newest));
        }
    }

    /**
     * The pending versions whose checkpoints are known to be complete, oldest first. Flink commits
     * all that is pending up to a completed checkpoint, and among that may be what an aborted one or a savepoint
     * left. The newest is complete, that is why it is committed; an older one is if a shard has built
     * on it. Any other is left out: nothing builds on it, and what it carried is in its successor.
     */
    private static List<Manifest> complete(SortedMap<Long, Manifest> pending) {
        Deque<Manifest> complete = new ArrayDeque<>();
        Manifest next = pending.isEmpty() ? null : pending.get(pending.lastKey());
        while (next != null) {
            complete.addFirst(next);
            next = next.parent() == null ? null : pending.get(next.parent());
        }
        return List.copyOf(complete);
    }

    /** A restored savepoint may bring back a version that is long gone. */
    private boolean isRetired(Manifest manifest) throws IOException {
        return storage.list(VersionPaths.folder(manifest.model(), manifest.version())).isEmpty();
    }

    private void publish(Manifest manifest) throws IOException {
        boolean first = writer.commit(manifest);
        announcer.announce(manifest);
        LOG.info(
                "{} version {} of model {}: checkpoint {}, {} examples",
                first ? "published" : "published again",
                manifest.version(),
                manifest.model(),
                manifest.checkpointId(),
                manifest.examples());
    }

    @Override
    public void close() throws InterruptedException {
        upkeep.shutdown();
        try {
            upkeep.awaitTermination(30, TimeUnit.SECONDS);
        } finally {
            announcer.close();
        }
    }

    private void maintain(long version) {
        String model = settings.spec().name();
        try {
            new DenseExport(storage, model).export(version);
            int deltas = new VersionCatalog(storage, model).chain(version).links().size() - 1;
            if (deltas >= settings.baseEvery()) {
                new Compaction(storage, model).compact(version);
            }
            new VersionRetention(storage, model).apply(settings.retain());
        } catch (IOException | RuntimeException e) {
            LOG.warn("upkeep after version {} of model {} failed", version, model, e);
        }
    }
}
