package io.millrace.jobs.train;

import io.millrace.jobs.version.VersionDirectory;
import io.millrace.jobs.version.VersionNumbers;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.jobs.version.VersionStorageFactory;
import io.millrace.model.ModelSpec;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** The parameter shards of one job, on RocksDB; a micro-batch goes to those that own its keys. */
final class TestShards implements AutoCloseable {

    private static final TrainerId TRAINER = new TrainerId(0, 0);
    private static final int KEY_GROUPS = 16;

    private final List<KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply>>
            shards = new ArrayList<>();
    private final ParameterLayout layout;
    private final ShardAssignment assignment;
    private Duration interval = Duration.ofSeconds(10);
    private long batches;

    /**
     * @param checkpoint of the same job, of so many shards as {@code from}; null to begin anew
     */
    TestShards(
            ModelSpec spec,
            Path versions,
            long cacheBytes,
            int parallelism,
            @Nullable OperatorSubtaskState checkpoint,
            int from)
            throws Exception {
        this(
                spec,
                settings(cacheBytes, new VersionDirectory(versions.toString())),
                parallelism,
                checkpoint,
                from);
    }

    /** The same with other settings than in production. */
    TestShards(
            ModelSpec spec,
            ParameterServer.Settings settings,
            int parallelism,
            @Nullable OperatorSubtaskState checkpoint,
            int from)
            throws Exception {
        layout = new ParameterLayout(spec);
        assignment = new ShardAssignment(KEY_GROUPS, parallelism);
        for (int shard = 0; shard < parallelism; shard++) {
            var harness =
                    new KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply>(
                            new ParameterShard("test", spec, settings),
                            request -> request.keys()[0],
                            Types.LONG,
                            KEY_GROUPS,
                            parallelism,
                            shard);
            shards.add(harness);
            harness.setStateBackend(new EmbeddedRocksDBStateBackend());
            harness.setup(ShardReplySerializer.TYPE.createSerializer(null));
            if (checkpoint != null) {
                harness.initializeState(
                        AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                checkpoint, KEY_GROUPS, from, parallelism, shard));
            }
            harness.open();
        }
    }

    /** Pulls these rows, each once, and pushes a gradient drawn at random for each. */
    void train(Random random, long... keys) throws Exception {
        for (int shard = 0; shard < shards.size(); shard++) {
            int index = shard;
            long[] own =
                    Arrays.stream(keys).filter(key -> assignment.shardOf(key) == index).toArray();
            if (own.length > 0) {
                weights(shard, own, batches);
                int[] examples = new int[own.length];
                Arrays.fill(examples, 1);
                float[] gradients = new float[Arrays.stream(own).mapToInt(layout::width).sum()];
                for (int i = 0; i < gradients.length; i++) {
                    gradients[i] = random.nextFloat() - 0.5f;
                }
                shards.get(shard)
                        .processElement(
                                new ShardRequest.Push(
                                        TRAINER, batches, own, examples, gradients, batches),
                                0);
            }
        }
        batches++;
    }

    /**
     * Hands a request to the shard that owns its keys.
     *
     * @return the answers
     */
    List<ShardReply> process(ShardRequest request) throws Exception {
        var harness = shards.get(assignment.shardOf(request.keys()[0]));
        harness.processElement(request, 0);
        List<ShardReply> replies = harness.extractOutputValues();
        harness.getOutput().clear();
        return replies;
    }

    /** By which requests are to be made for these shards. */
    ShardAssignment assignment() {
        return assignment;
    }

    /** The weights of a row. */
    float[] weights(long key) throws Exception {
        return weights(assignment.shardOf(key), new long[] {key}, -1);
    }

    private float[] weights(int shard, long[] keys, long batch) throws Exception {
        var harness = shards.get(shard);
        harness.processElement(new ShardRequest.Pull(TRAINER, batch, keys), 0);
        List<ShardReply> replies = harness.extractOutputValues();
        harness.getOutput().clear();
        return replies.get(replies.size() - 1).weights();
    }

    /** So much time passes before each checkpoint from now on. */
    void checkpointEvery(Duration time) {
        interval = time;
    }

    /** A completed checkpoint. */
    OperatorSubtaskState checkpoint(long id) throws Exception {
        OperatorSubtaskState state = abortedCheckpoint(id);
        for (var shard : shards) {
            shard.notifyOfCompletedCheckpoint(id);
        }
        return state;
    }

    /** A checkpoint of whose completion the shards never hear. */
    OperatorSubtaskState abortedCheckpoint(long id) throws Exception {
        OperatorSubtaskState[] states = new OperatorSubtaskState[shards.size()];
        for (int shard = 0; shard < states.length; shard++) {
            var harness = shards.get(shard);
            harness.setProcessingTime(harness.getProcessingTime() + interval.toMillis());
            harness.prepareSnapshotPreBarrier(id);
            states[shard] = harness.snapshot(id, id);
        }
        return AbstractStreamOperatorTestHarness.repackageState(states);
    }

    /** What the shards have said of their parts. */
    List<VersionPiece.Rows> parts() {
        return shards.stream()
                .flatMap(shard -> shard.getSideOutput(ParameterShard.PIECES).stream())
                .map(record -> (VersionPiece.Rows) record.getValue())
                .toList();
    }

    /** The keys of the rows in keyed state. */
    TreeSet<Long> keysInState() {
        TreeSet<Long> keys = new TreeSet<>();
        for (var shard : shards) {
            try (Stream<Long> stored =
                    shard.getOperator()
                            .<Long>getKeyedStateBackend()
                            .getKeys("rows", VoidNamespace.INSTANCE)) {
                stored.forEach(keys::add);
            }
        }
        return keys;
    }

    /** Of shards that begin anew, as in production. */
    static ParameterServer.Settings settings(long cacheBytes, VersionStorageFactory storage) {
        return settings(cacheBytes, storage, SyncSettings.AT_ONCE, null);
    }

    static ParameterServer.Settings settings(
            long cacheBytes,
            VersionStorageFactory storage,
            SyncSettings sync,
            @Nullable StartVersion start) {
        return new ParameterServer.Settings(
                new TrainerSettings(1, Duration.ZERO, true, 1, 1, sync),
                1,
                1,
                cacheBytes,
                1,
                new VersionNumbers(0),
                storage,
                start);
    }

    static long[] keys(int slot, int from, int to) {
        long[] keys = new long[to - from];
        Arrays.setAll(keys, i -> ParameterKey.ofValue(slot, 1000L + from + i));
        return keys;
    }

    @Override
    public void close() throws Exception {
        for (var shard : shards) {
            shard.close();
        }
    }
}
