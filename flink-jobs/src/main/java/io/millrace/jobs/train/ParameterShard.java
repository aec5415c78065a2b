package io.millrace.jobs.train;

import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.jobs.version.VersionNumbers;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.jobs.version.VersionStorageFactory;
import io.millrace.model.ModelSpec;
import io.millrace.model.parameter.FrozenWeights;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.model.parameter.RowCopies;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * The operator that owns a share of all parameters, in keyed state: it answers pulls and applies
 * pushes with each row's optimizer.
 *
 * <p>A request arrives by its first key and carries only keys of this shard, so the operator
 * selects the state of each key itself.
 *
 * <p>A completed checkpoint is a version, and the shard's part of it is a file of the rows that
 * changed. Before the barrier the shard only says which file that will be; at the barrier it copies
 * the rows, and the file is written while training goes on ({@link ShardSnapshot}). When it cannot
 * be, the task fails, since a later checkpoint would fare no better. A row stays in the changed set
 * until a version that carries it is known to be complete, so an aborted checkpoint or a missed
 * notification makes the next part larger, never smaller.
 *
 * <p>Rows are written back to keyed state when they leave the cache, or have rested for about as
 * long as from one checkpoint to the next, and for some seconds where checkpoints are more frequent
 * than that. What is still unwritten at a checkpoint rides along in it as raw keyed state ({@link
 * UnwrittenRows}), copied and written in the same way.
 */
final class ParameterShard extends AbstractStreamOperator<ShardReply>
        implements OneInputStreamOperator<ShardRequest, ShardReply> {

    static final OutputTag<VersionPiece> PIECES =
            new OutputTag<>("version-pieces", VersionPiece.TYPE);

    private static final long serialVersionUID = 1L;
    private static final long NO_VERSION = -1;
    private static final String ROWS = "rows";
    private static final String VERSION = "version";
    private static final String EXPIRY = "expiry";

    /** After an all but idle interval the cache must not be written through at each push. */
    private static final long FEWEST_PUSHES = 64;

    /**
     * To write a row costs far more than to carry it in a checkpoint. So with one every second it
     * is better to carry those that change every few seconds.
     */
    private static final long LEAST_REST_MILLIS = 10_000;

    // -- configuration

    private final String pipeline;
    private final ModelSpec spec;
    private final long cacheBytes;
    private final VersionNumbers numbers;
    private final VersionStorageFactory directory;
    private final int series;
    private final @Nullable StartVersion start;

    // -- runtime

    private transient ParameterLayout layout;
    private transient ParameterTable table;
    private transient @Nullable FrozenWeights frozen;
    private transient boolean countsExamples;
    private transient RequestExchange.@Nullable Inbox inbox;
    private transient VersionStorage storage;
    private transient BroadcastState<String, String> facts;
    private transient int shard;
    private transient long lastComplete;
    private transient long lastBarrier;
    private transient long lastVersion;
    private transient @Nullable VersionPart promised;
    private transient AtomicReference<@Nullable RowCopies> spare;
    private transient long watermark;
    private transient boolean started;
    private transient boolean finished;
    private transient StateRowStore store;
    private transient @Nullable StateExpiryIndex expiry;
    private transient long restoredClock;
    private transient boolean isIndexOutdated;
    private transient Map<PullId, int[]> placesOfPull;
    private transient long pushes;
    private transient long countingSince;
    private transient double pushesOfRest;

    ParameterShard(String pipeline, ModelSpec spec, ParameterServer.Settings settings) {
        this.pipeline = pipeline;
        this.spec = spec;
        cacheBytes = settings.cacheBytes();
        numbers = settings.numbers();
        directory = settings.directory();
        series = settings.trainer().sync().lagging().size();
        start = settings.start();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        // Broadcast: every shard holds the same, so after a rescale too each knows it. (Flink
        // refuses checkpoints over union state once some of the shards have finished.)
        facts =
                context.getOperatorStateStore()
                        .getBroadcastState(
                                new MapStateDescriptor<>("facts", Types.STRING, Types.STRING));
        lastComplete = NO_VERSION;
        if (facts.contains(VERSION)) {
            // What is restored is a completed checkpoint, hence a version: the next one's parent.
            lastComplete = Long.parseLong(facts.get(VERSION));
            Map<String, String> restored = new HashMap<>();
            facts.immutableEntries().forEach(fact -> restored.put(fact.getKey(), fact.getValue()));
            RowMeaning.requireSame(spec, restored);
        }
        facts.putAll(RowMeaning.of(spec));
        lastBarrier = context.getRestoredCheckpointId().orElse(0);
        storage = directory.open();
        layout = new ParameterLayout(spec);
        store =
                new StateRowStore(
                        getKeyedStateStore()
                                .getState(
                                        new ValueStateDescriptor<>(
                                                ROWS, BytePrimitiveArraySerializer.INSTANCE)),
                        this::setCurrentKey);
        restoreExpiry();
        if (context.isRestored()) {
            UnwrittenRows.restore(context.getRawKeyedStateInputs(), layout, store);
        } else if (start != null) {
            StartRows.load(start, spec, layout, this::isOwn, store);
            started = true;
        }
    }

    /** Without an index that its times are in, the rows are gone over once. */
    private void restoreExpiry() throws Exception {
        restoredClock = Long.MIN_VALUE;
        if (!layout.expires()) {
            facts.remove(EXPIRY);
            return;
        }
        expiry =
                new StateExpiryIndex(
                        getKeyedStateStore()
                                .getMapState(
                                        new MapStateDescriptor<>(EXPIRY, Types.LONG, Types.LONG)),
                        this::setCurrentKey,
                        layout,
                        keyGroups(),
                        getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
        restoredClock = expiry.restore();
        String lifetimes = lifetimes();
        isIndexOutdated = !lifetimes.equals(facts.get(EXPIRY));
        facts.put(EXPIRY, lifetimes);
    }

    private String lifetimes() {
        return IntStream.range(1, layout.slots())
                .mapToObj(slot -> String.valueOf(layout.slot(slot).vocabulary().ttl()))
                .collect(Collectors.joining(" "));
    }

    @Override
    public void open() throws Exception {
        super.open();
        LogContext.enter(getRuntimeContext());
        shard = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        watermark = Long.MIN_VALUE;
        table =
                expiry == null
                        ? new ParameterTable(layout, store, cacheBytes)
                        : new ParameterTable(layout, store, expiry, cacheBytes);
        table.advance(restoredClock);
        if (isIndexOutdated) {
            forEachRow(table::index);
        }
        if (series > 0) {
            frozen = new FrozenWeights(layout, series);
            table.saveTo(frozen);
        }
        countsExamples = spec.architecture().batchLoss().isPresent();
        placesOfPull = new HashMap<>();
        countingSince = getProcessingTimeService().getCurrentProcessingTime();
        spare = new AtomicReference<>();
        if (started || lastComplete != NO_VERSION && isGone(lastComplete)) {
            startNewChain();
        }
        inbox = RequestExchange.register(address(shard));
        getMetricGroup().gauge(MetricNames.CACHED_ROWS, () -> table.cachedRows());
        getMetricGroup().gauge(MetricNames.CACHE_HITS, () -> table.hits());
        getMetricGroup().gauge(MetricNames.CACHE_MISSES, () -> table.misses());
        getMetricGroup().gauge(MetricNames.CANDIDATES, () -> table.candidates());
        getMetricGroup().gauge(MetricNames.ADMITTED, () -> table.admitted());
        getMetricGroup().gauge(MetricNames.EXPIRED, () -> table.expired());
    }

    @Override
    public void processElement(StreamRecord<ShardRequest> element) {
        process(element.getValue());
    }

    private void process(ShardRequest request) {
        if (request instanceof ShardRequest.Left left) {
            process(Objects.requireNonNull(inbox).take(left));
        } else if (request instanceof ShardRequest.Push push) {
            apply(push);
        } else if (request instanceof ShardRequest.Pull pull) {
            reply(answer(pull));
        } else if (request instanceof ShardRequest.Freeze freeze) {
            FrozenId newest = freeze.newest();
            frozen().freeze(newest.series(), newest.epoch(), freeze.oldest(), table.clock());
        }
    }

    private void reply(ShardReply reply) {
        if (!ReplyExchange.deliver(address(reply.trainer().subtask()), reply)) {
            output.collect(new StreamRecord<>(reply));
        }
    }

    private void apply(ShardRequest.Push push) {
        table.push(
                push.keys(),
                0,
                push.keys().length,
                push.examples(),
                push.gradients(),
                0,
                push.eventTime(),
                placesOfPull.remove(new PullId(push.trainer(), push.batch())));
        pushes++;
        if (pushesOfRest > 0) {
            table.writeResting(1 / Math.max(FEWEST_PUSHES, pushesOfRest));
        }
    }

    private ShardReply answer(ShardRequest.Pull pull) {
        long[] keys = pull.keys();
        float[] weights = new float[width(keys)];
        table.advance(pull.eventTime());
        int[] places = table.pull(keys, 0, keys.length, weights, 0);
        placesOfPull.put(new PullId(pull.trainer(), pull.batch()), places);
        long[] examples = new long[countsExamples ? keys.length : 0];
        table.examples(keys, 0, examples.length, places, examples, 0);
        int standingsOfEach = layout.countsValues() ? keys.length : 0;
        byte[] standings = new byte[standingsOfEach * (1 + pull.frozen().size())];
        table.standings(keys, 0, standingsOfEach, places, standings, 0);
        float[] past = new float[Math.multiplyExact(weights.length, pull.frozen().size())];
        for (int i = 0; i < pull.frozen().size(); i++) {
            FrozenId wanted = pull.frozen().get(i);
            int at = i * weights.length;
            frozen().read(wanted.series(), wanted.epoch(), keys, weights, past, at);
            if (layout.countsValues() || layout.expires()) {
                frozen().readVocabulary(
                                wanted.series(),
                                wanted.epoch(),
                                keys,
                                table,
                                past,
                                at,
                                standings,
                                (1 + i) * standingsOfEach);
            }
        }
        return new ShardReply(
                pull.trainer(), pull.batch(), shard, weights, examples, past, standings);
    }

    private FrozenWeights frozen() {
        return Objects.requireNonNull(frozen, "a trainer lags, but its shard does not know");
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (mark.getTimestamp() != Long.MAX_VALUE) {
            watermark = mark.getTimestamp();
        }
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        lastBarrier = checkpointId;
        measureRest();
        if (!finished) {
            // Nothing that was pulled waits for its push now.
            table.removeExpired();
            promised = part(checkpointId);
            announce(checkpointId, promised.promised());
        }
    }

    /** By the last interval, how many pushes come while a row rests. */
    private void measureRest() {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        double interval = Math.max(1, now - countingSince);
        pushesOfRest = pushes * Math.max(1, LEAST_REST_MILLIS / interval);
        pushes = 0;
        countingSince = now;
    }

    @Override
    public void finish() throws Exception {
        // The end of input is a cut too; its checkpoint is the one that lets the job end.
        long checkpointId = lastBarrier + 1;
        table.removeExpired();
        RowCopies rows = new RowCopies();
        long[] others = table.cut(checkpointId, rows);
        announce(checkpointId, part(checkpointId).write(rows, others, table::read));
        promised = null;
        finished = true;
        super.finish();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        facts.put(VERSION, Long.toString(lastVersion));
        if (expiry != null) {
            expiry.saveClock(table.clock());
        }
    }

    @Override
    public OperatorSnapshotFutures snapshotState(
            long checkpointId,
            long timestamp,
            CheckpointOptions options,
            CheckpointStreamFactory streams)
            throws Exception {
        OperatorSnapshotFutures futures =
                super.snapshotState(checkpointId, timestamp, options, streams);
        try {
            futures.setKeyedStateRawFuture(
                    copyRows(checkpointId, streams).in(getContainingTask().getCancelables()));
            return futures;
        } catch (Exception e) {
            var unused = futures.cancel();
            throw e;
        }
    }

    private ShardSnapshot copyRows(long checkpointId, CheckpointStreamFactory streams)
            throws IOException {
        RowCopies rows = Objects.requireNonNullElseGet(spare.getAndSet(null), RowCopies::new);
        VersionPart part = promised;
        promised = null;
        if (part == null) {
            table.copyUnwritten(rows);
        } else {
            long[] others = table.cut(checkpointId, rows);
            if (others.length > 0) {
                // More than there is memory for, as all rows are when a new chain begins.
                var unused = part.write(rows, others, table::read);
                part = null;
            }
        }
        return new ShardSnapshot(
                rows,
                part,
                failure -> getContainingTask().getEnvironment().failExternally(failure),
                streams,
                keyGroups(),
                getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks(),
                LogContext.threads("version-part-" + spec.name() + "-" + shard),
                () -> {
                    rows.clear();
                    spare.set(rows);
                });
    }

    /** Or Flink would take the raw keyed state for timers. */
    @Override
    protected boolean isUsingCustomRawKeyedState() {
        return true;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        table.complete(checkpointId);
        lastComplete = Math.max(lastComplete, numbers.of(checkpointId));
    }

    @Override
    public void close() throws Exception {
        RequestExchange.unregister(address(shard), inbox);
        super.close();
    }

    /** Of a task of this pipeline in the shard's own task manager. */
    private TaskAddress address(int subtask) {
        return TaskAddress.in(getContainingTask().getEnvironment(), pipeline, subtask);
    }

    private boolean isOwn(long key) {
        TaskInfo task = getRuntimeContext().getTaskInfo();
        return new ShardAssignment(
                                task.getMaxNumberOfParallelSubtasks(),
                                task.getNumberOfParallelSubtasks())
                        .shardOf(key)
                == task.getIndexOfThisSubtask();
    }

    /** Retention may have removed the version that an old savepoint was. */
    private boolean isGone(long version) throws IOException {
        return storage.list(VersionPaths.folder(spec.name(), version)).isEmpty();
    }

    /** With nothing to build on, the next part holds every row. */
    private void startNewChain() {
        lastComplete = NO_VERSION;
        forEachRow(table::addToNextCut);
    }

    private void forEachRow(LongConsumer action) {
        try (Stream<Long> keys =
                this.<Long>getKeyedStateBackend().getKeys(ROWS, VoidNamespace.INSTANCE)) {
            keys.forEach(action::accept);
        }
    }

    private VersionPart part(long checkpointId) {
        lastVersion = numbers.of(checkpointId);
        return new VersionPart(
                storage, layout, VersionPaths.newPart(spec.name(), lastVersion, shard), shard);
    }

    private void announce(long checkpointId, PartInfo part) {
        output.collect(
                PIECES,
                new StreamRecord<>(
                        new VersionPiece.Rows(
                                lastVersion, checkpointId, parent(), watermark, part)));
    }

    private @Nullable Long parent() {
        return lastComplete == NO_VERSION ? null : lastComplete;
    }

    private KeyGroupRange keyGroups() {
        TaskInfo task = getRuntimeContext().getTaskInfo();
        return KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                task.getMaxNumberOfParallelSubtasks(),
                task.getNumberOfParallelSubtasks(),
                task.getIndexOfThisSubtask());
    }

    private int width(long[] keys) {
        int width = 0;
        for (long key : keys) {
            width += layout.width(key);
        }
        return width;
    }

    /** A pull whose push is yet to come. */
    private record PullId(TrainerId trainer, long batch) {}
}
