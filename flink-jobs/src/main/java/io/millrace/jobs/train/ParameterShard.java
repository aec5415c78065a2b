package io.millrace.jobs.train;

import io.millrace.jobs.version.VersionDirectory;
import io.millrace.jobs.version.VersionNumbers;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.model.ModelSpec;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
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
 * <p>Before a barrier it writes changed rows back to state and, as its part of the version that the
 * checkpoint will be, to a file; only a completed checkpoint makes the version. A row stays in the
 * changed set until a version that carries it is known to be complete, so an aborted checkpoint or
 * a missed notification makes the next part larger, never smaller.
 */
final class ParameterShard extends AbstractStreamOperator<ShardReply>
        implements OneInputStreamOperator<ShardRequest, ShardReply> {

    static final OutputTag<VersionPiece> PIECES =
            new OutputTag<>("version-pieces", VersionPiece.TYPE);

    private static final long serialVersionUID = 1L;
    private static final long NO_VERSION = -1;
    private static final String ROWS = "rows";
    private static final String VERSION = "version";

    // -- configuration

    private final ModelSpec spec;
    private final long cacheBytes;
    private final VersionNumbers numbers;
    private final VersionDirectory directory;

    // -- runtime

    private transient ParameterLayout layout;
    private transient ParameterTable table;
    private transient VersionStorage storage;
    private transient BroadcastState<String, String> facts;
    private transient int shard;
    private transient long lastComplete;
    private transient long lastBarrier;
    private transient long lastEmitted;
    private transient long watermark;
    private transient boolean finished;

    ParameterShard(
            ModelSpec spec, long cacheBytes, VersionNumbers numbers, VersionDirectory directory) {
        this.spec = spec;
        this.cacheBytes = cacheBytes;
        this.numbers = numbers;
        this.directory = directory;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        // Broadcast: every shard holds the same, so after a rescale too each knows it. (Flink
        // refuses
        // checkpoints over union state once some of the shards have finished.)
        facts =
                context.getOperatorStateStore()
                        .getBroadcastState(
                                new MapStateDescriptor<>("facts", Types.STRING, Types.STRING));
        lastComplete = NO_VERSION;
        if (facts.contains(VERSION)) {
            // What is restored is a completed checkpoint, hence a version, and the next one's
            // parent.
            lastComplete = Long.parseLong(facts.get(VERSION));
            Map<String, String> restored = new HashMap<>();
            facts.immutableEntries().forEach(fact -> restored.put(fact.getKey(), fact.getValue()));
            RowMeaning.requireSame(spec, restored);
        }
        facts.putAll(RowMeaning.of(spec));
        lastBarrier = context.getRestoredCheckpointId().orElse(0);
        storage = directory.open();
    }

    @Override
    public void open() throws Exception {
        super.open();
        shard = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        watermark = Long.MIN_VALUE;
        layout = new ParameterLayout(spec);
        table =
                new ParameterTable(
                        layout,
                        new StateRowStore(
                                getKeyedStateStore()
                                        .getState(
                                                new ValueStateDescriptor<>(
                                                        ROWS,
                                                        BytePrimitiveArraySerializer.INSTANCE)),
                                this::setCurrentKey),
                        cacheBytes);
        if (lastComplete != NO_VERSION && isGone(lastComplete)) {
            startNewChain();
        }
        getMetricGroup().gauge(TrainMetrics.CACHED_ROWS, () -> table.cachedRows());
        getMetricGroup().gauge(TrainMetrics.CACHE_HITS, () -> table.hits());
        getMetricGroup().gauge(TrainMetrics.CACHE_MISSES, () -> table.misses());
    }

    @Override
    public void processElement(StreamRecord<ShardRequest> element) {
        ShardRequest request = element.getValue();
        long[] keys = request.keys();
        if (request instanceof ShardRequest.Push push) {
            table.push(
                    keys, 0, keys.length, push.examples(), push.gradients(), 0, push.eventTime());
        } else {
            float[] weights = new float[width(keys)];
            table.pull(keys, 0, keys.length, weights, 0);
            output.collect(
                    new StreamRecord<>(
                            new ShardReply(request.trainer(), request.batch(), shard, weights)));
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (mark.getTimestamp() != Long.MAX_VALUE) {
            watermark = mark.getTimestamp();
        }
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        lastBarrier = checkpointId;
        table.flush();
        if (!finished) {
            emitPart(checkpointId);
        }
    }

    @Override
    public void finish() throws Exception {
        // The end of input is a cut too; its checkpoint is the one that lets the job end.
        table.flush();
        emitPart(lastBarrier + 1);
        finished = true;
        super.finish();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        facts.put(
                VERSION,
                Long.toString(finished ? lastEmitted : numbers.of(context.getCheckpointId())));
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        table.changes().complete(checkpointId);
        lastComplete = Math.max(lastComplete, numbers.of(checkpointId));
    }

    /** Retention may have removed the version that an old savepoint was. */
    private boolean isGone(long version) throws IOException {
        return storage.list(VersionPaths.folder(spec.name(), version)).isEmpty();
    }

    /** With nothing to build on, the next part holds every row. */
    private void startNewChain() {
        lastComplete = NO_VERSION;
        try (Stream<Long> keys =
                this.<Long>getKeyedStateBackend().getKeys(ROWS, VoidNamespace.INSTANCE)) {
            keys.forEach(key -> table.changes().add(key));
        }
    }

    private void emitPart(long checkpointId) throws IOException {
        long[] changed = table.changes().cut(checkpointId);
        long version = numbers.of(checkpointId);
        lastEmitted = version;
        PartInfo part;
        String path = VersionPaths.newPart(spec.name(), version, shard);
        try (RowFileWriter rows = RowFileWriter.create(storage, path, shard)) {
            RowBuffer row = new RowBuffer();
            for (long key : changed) {
                if (!table.read(key, row)) {
                    throw new IllegalStateException(
                            "changed row " + Long.toHexString(key) + " is not in the table");
                }
                rows.add(key, row, layout.width(key));
            }
            part = rows.finish();
        }
        output.collect(
                PIECES,
                new StreamRecord<>(
                        new VersionPiece.Rows(version, checkpointId, parent(), watermark, part)));
    }

    private @Nullable Long parent() {
        return lastComplete == NO_VERSION ? null : lastComplete;
    }

    private int width(long[] keys) {
        int width = 0;
        for (long key : keys) {
            width += layout.width(key);
        }
        return width;
    }
}
