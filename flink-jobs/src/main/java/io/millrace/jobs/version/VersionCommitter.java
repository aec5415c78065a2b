package io.millrace.jobs.version;

import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.jobs.telemetry.VersionAge;
import io.millrace.model.version.DamagedVersionException;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import io.millrace.model.version.VersionWriter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a version of each completed checkpoint. Parallelism 1.
 *
 * <ol>
 *   <li>The pieces of a version precede its barrier.
 *   <li>At the snapshot they become a manifest, which is pending and part of the checkpoint.
 *   <li>When the checkpoint is complete, or restored from, its manifest is published: written, then
 *       announced. To do that again is harmless.
 * </ol>
 *
 * <p>Flink's own sinks commit everything that is pending up to a completed checkpoint, and cannot
 * tell what an aborted one or a savepoint has left there. That is no version, so this operator
 * keeps count itself: only the checkpoint that Flink names is published, and before it those
 * pending ones that it builds on (a shard builds only on what it knew to be complete).
 */
public final class VersionCommitter extends AbstractStreamOperator<Void>
        implements OneInputStreamOperator<VersionPiece, Void> {

    private static final Logger LOG = LoggerFactory.getLogger(VersionCommitter.class);
    private static final long serialVersionUID = 1L;

    // -- configuration

    private final VersionSettings settings;
    private final VersionAnnouncer.Factory announcers;

    // -- runtime

    private transient VersionAssembler assembler;
    private transient VersionStorage storage;
    private transient VersionWriter writer;
    private transient @Nullable VersionAnnouncer announcer;
    private transient @Nullable VersionUpkeep upkeep;
    private transient NavigableMap<Long, Manifest> pending;
    private transient ListState<byte[]> pendingState;
    private transient ListState<VersionPiece> positionState;
    private transient long restoredCheckpoint;
    private transient boolean finished;
    private transient long openedAt;
    private transient volatile @Nullable Manifest published;

    public VersionCommitter(VersionSettings settings, VersionAnnouncer.Factory announcers) {
        this.settings = settings;
        this.announcers = announcers;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        assembler = new VersionAssembler(settings.spec(), settings.shards());
        pending = new TreeMap<>();
        pendingState =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "pending", BytePrimitiveArraySerializer.INSTANCE));
        positionState =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("positions", VersionPiece.TYPE));
        for (byte[] manifest : pendingState.get()) {
            keep(Manifest.fromBytes(manifest, "a pending manifest in the checkpoint"));
        }
        for (VersionPiece position : positionState.get()) {
            assembler.take(position);
        }
        restoredCheckpoint = context.getRestoredCheckpointId().orElse(-1);
    }

    @Override
    public void open() throws Exception {
        super.open();
        LogContext.enter(getRuntimeContext());
        storage = settings.directory().open();
        writer = new VersionWriter(storage);
        announcer = announcers.open();
        upkeep = new VersionUpkeep(storage, settings);
        openedAt = System.currentTimeMillis();
        register(getMetricGroup());
        getMetricGroup().counter(MetricNames.UPKEEP_FAILURES, upkeep.failures());
        complete(restoredCheckpoint);
    }

    private void register(MetricGroup metrics) {
        metrics.gauge(MetricNames.PUBLISHED_VERSION, this::publishedVersion);
        metrics.gauge(MetricNames.PUBLISHED_VERSION_AGE, this::publishedVersionAge);
        metrics.gauge(MetricNames.PUBLISHED_FRESHNESS, () -> VersionAge.sinceWatermark(published));
    }

    @Override
    public void processElement(StreamRecord<VersionPiece> element) {
        assembler.take(element.getValue());
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        assembler
                .assemble(context.getCheckpointId(), System.currentTimeMillis())
                .ifPresentOrElse(this::keep, () -> keepLastFor(context.getCheckpointId()));
        List<byte[]> manifests = new ArrayList<>();
        pending.values().forEach(manifest -> manifests.add(manifest.toBytes()));
        pendingState.update(manifests);
        positionState.update(assembler.positions());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        Manifest next = pending.get(checkpointId);
        DamagedVersionException damage = upkeep == null ? null : upkeep.damage();
        // After the end of the input there is no next version that could stand alone.
        if (next != null && next.parent() != null && damage != null && !finished) {
            startNewChain(next, damage);
        }
        complete(checkpointId);
    }

    /**
     * The shards start a new chain when the version that they are restored from is not there. So
     * this one is not published but withdrawn, and the job restored from its checkpoint.
     */
    private void startNewChain(Manifest withdrawn, DamagedVersionException damage)
            throws IOException {
        withdraw(withdrawn);
        throw new DamagedVersionException(
                withdrawn.path(),
                "the version is withdrawn and the job starts again from its checkpoint, so that"
                        + " the next version stands alone, since none can build on a chain with a"
                        + " damaged file: "
                        + damage.getMessage(),
                damage);
    }

    private void withdraw(Manifest manifest) throws IOException {
        storage.delete(VersionPaths.folder(manifest.model(), manifest.version()));
    }

    @Override
    public void finish() throws Exception {
        finished = true;
        super.finish();
    }

    @Override
    public void close() throws Exception {
        // A cancelled task is interrupted, and the wait for the upkeep with it.
        try {
            if (upkeep != null) {
                upkeep.close();
            }
        } finally {
            if (announcer != null) {
                announcer.close();
            }
            super.close();
        }
    }

    /** Exports, compactions and retentions that have failed since the task started. */
    long upkeepFailures() {
        return upkeep == null ? 0 : upkeep.failures().getCount();
    }

    /** The newest version that was announced since the task started; 0 before the first. */
    long publishedVersion() {
        Manifest newest = published;
        return newest == null ? 0 : newest.version();
    }

    /** Without a version it grows all the same, so that a job that never makes one is noticed. */
    double publishedVersionAge() {
        Manifest newest = published;
        return newest == null ? VersionAge.since(openedAt) : VersionAge.sinceCreation(newest);
    }

    private void keep(Manifest manifest) {
        pending.put(manifest.checkpointId(), manifest);
    }

    /**
     * Shards send no parts once their input has ended. If the checkpoint that their last ones were
     * in is not complete, the next holds the same rows, and is that version in its place. Which of
     * the two completes is not known yet.
     */
    private void keepLastFor(long checkpointId) {
        Map.Entry<Long, Manifest> last = pending.lastEntry();
        if (last != null) {
            keep(atCheckpoint(checkpointId, last.getValue()));
        }
    }

    private static Manifest atCheckpoint(long checkpointId, Manifest manifest) {
        return new Manifest(
                manifest.model(),
                manifest.version(),
                manifest.parent(),
                checkpointId,
                manifest.offsets(),
                manifest.watermark(),
                manifest.specHash(),
                manifest.spec(),
                manifest.parts(),
                manifest.tombstones(),
                manifest.metrics(),
                manifest.examples(),
                manifest.createdAt());
    }

    private void complete(long checkpointId) throws IOException {
        Manifest completed = pending.get(checkpointId);
        for (Manifest manifest : withPendingAncestors(completed)) {
            try (var said = LogContext.version(manifest.version())) {
                publishUnlessGone(manifest);
            }
        }
        pending.headMap(checkpointId + 1).clear();
        if (completed != null) {
            pending.values().removeIf(other -> other.version() == completed.version());
        }
    }

    private List<Manifest> withPendingAncestors(@Nullable Manifest newest) {
        Deque<Manifest> line = new ArrayDeque<>();
        for (Manifest next = newest; next != null; next = pendingVersion(next.parent())) {
            line.addFirst(next);
        }
        return List.copyOf(line);
    }

    private @Nullable Manifest pendingVersion(@Nullable Long version) {
        for (Manifest manifest : pending.values()) {
            if (version != null && manifest.version() == version) {
                return manifest;
            }
        }
        return null;
    }

    /** A restored savepoint may bring back a version that retention has removed. */
    private boolean isGone(Manifest manifest) throws IOException {
        return storage.list(VersionPaths.folder(manifest.model(), manifest.version())).isEmpty();
    }

    private void publishUnlessGone(Manifest manifest) throws IOException {
        if (isGone(manifest)) {
            LOG.warn(
                    "version {} of model {} is no longer there, so it is not published again;"
                            + " the next version stands alone",
                    manifest.version(),
                    manifest.model());
        } else {
            publish(manifest);
        }
    }

    private void publish(Manifest manifest) throws IOException {
        if (announcer == null || upkeep == null) {
            throw new IllegalStateException("not open");
        }
        boolean first = commit(manifest);
        announcer.announce(manifest);
        published = manifest;
        LOG.info(
                "{} version {} of model {}: checkpoint {}, {} examples",
                first ? "published" : "published again",
                manifest.version(),
                manifest.model(),
                manifest.checkpointId(),
                manifest.examples());
        upkeep.after(manifest);
    }

    /**
     * What cannot be completed any more is withdrawn as a whole, so that at the next attempt shards
     * and committer agree that it is gone, and the version after it stands alone.
     */
    private boolean commit(Manifest manifest) throws IOException {
        try {
            return writer.commit(manifest);
        } catch (DamagedVersionException e) {
            withdraw(manifest);
            throw e;
        }
    }
}
