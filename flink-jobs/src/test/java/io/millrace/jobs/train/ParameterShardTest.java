package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.version.VersionDirectory;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.jobs.version.VersionStorageFactory;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architectures;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.AdaGrad;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.RowFileReader;
import io.millrace.model.version.VersionPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.mailbox.SyncMailboxExecutor;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFinalizer;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterShardTest {

    private static final TrainerId TRAINER = new TrainerId(0, 0);
    private static final int VALUES = 3000;

    /** Holds the dense block and a few hundred embedding rows, so that most are evicted. */
    private static final long SMALL_CACHE = 40_000;

    @TempDir private Path directory;
    private final ModelSpec spec = spec();
    private final ParameterLayout layout = new ParameterLayout(spec);

    @Test
    void usageExample() throws Exception {
        try (var shard = open(null)) {
            long[] keys = {ParameterKey.ofValue(1, 100), ParameterKey.ofValue(1, 200)};
            shard.processElement(new ShardRequest.Pull(TRAINER, 0, keys), 0);

            float[] initial = new float[4];
            layout.initialize(keys[0], initial, 0);
            layout.initialize(keys[1], initial, 2);
            ShardReply reply = shard.extractOutputValues().get(0);
            assertThat(reply.batch()).isZero();
            assertThat(reply.weights()).containsExactly(initial);
        }
    }

    /** As those that come over the wire. */
    @Test
    void takesRequestsThatWereLeftWithIt() throws Exception {
        long[] keys = {ParameterKey.ofValue(1, 100), ParameterKey.ofValue(1, 200)};
        TaskAddress address;
        try (var shard = open(null);
                var other = open(null)) {
            address = TaskAddress.in(shard.getEnvironment(), "test", 0);
            ShardRequest pull = new ShardRequest.Pull(TRAINER, 0, keys);
            ShardRequest push =
                    new ShardRequest.Push(
                            TRAINER, 0, keys, new int[] {1, 1}, new float[] {1, 2, 3, 4}, 0);
            for (ShardRequest request : List.of(pull, push, pull)) {
                ShardRequest left = RequestExchange.leave(address, request);
                assertThat(left).isInstanceOf(ShardRequest.Left.class);
                shard.processElement(left, 0);
                other.processElement(request, 0);
            }
            assertThat(shard.extractOutputValues())
                    .usingRecursiveComparison()
                    .isEqualTo(other.extractOutputValues());
            assertThat(shard.extractOutputValues().get(1).weights())
                    .isNotEqualTo(shard.extractOutputValues().get(0).weights());
        }
        ShardRequest late = new ShardRequest.Pull(TRAINER, 1, keys);
        assertThat(RequestExchange.leave(address, late)).as("it has ended").isSameAs(late);
    }

    @Test
    void refusesARequestThatWasLeftWithItsPredecessor() throws Exception {
        try (var shard = open(null)) {
            TaskAddress address = TaskAddress.in(shard.getEnvironment(), "test", 0);
            TaskAddress before = TaskAddress.in(shard.getEnvironment(), "before", 0);
            long[] keys = {ParameterKey.ofValue(1, 100)};
            RequestExchange.Inbox predecessor = RequestExchange.register(before);
            ShardRequest left =
                    RequestExchange.leave(before, new ShardRequest.Pull(TRAINER, 7, keys));
            ShardRequest own =
                    RequestExchange.leave(address, new ShardRequest.Pull(TRAINER, 8, keys));
            assertThatThrownBy(() -> shard.processElement(left, 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("micro-batch 7")
                    .hasMessageContaining("has ended since");
            shard.processElement(own, 0);
            assertThat(shard.extractOutputValues()).hasSize(1);
            RequestExchange.unregister(before, predecessor);
        }
    }

    @Test
    void handsRepliesToATrainerOfItsTaskManager() throws Exception {
        ShardRequest pull =
                new ShardRequest.Pull(TRAINER, 0, new long[] {ParameterKey.ofValue(1, 100)});
        List<ShardReply> delivered = new ArrayList<>();
        try (var shard = open(null)) {
            TaskAddress address = TaskAddress.in(shard.getEnvironment(), "test", TRAINER.subtask());
            ReplyExchange.Endpoint endpoint =
                    new ReplyExchange.Endpoint(TRAINER, new SyncMailboxExecutor(), delivered::add);
            ReplyExchange.register(address, endpoint);
            shard.processElement(pull, 0);
            assertThat(delivered).hasSize(1);
            assertThat(shard.extractOutputValues()).isEmpty();

            ReplyExchange.unregister(address, endpoint);
            shard.processElement(pull, 0);
            assertThat(delivered).hasSize(1);
            assertThat(shard.extractOutputValues())
                    .singleElement()
                    .usingRecursiveComparison()
                    .isEqualTo(delivered.get(0));
        }
    }

    /** In the cache, after they were evicted, and after a restore; none for a new row. */
    @Test
    void aLossOfTheWholeBatchIsToldHowOftenRowsWereUpdated() throws Exception {
        ModelSpec counting = countingSpec();
        long item = ParameterKey.ofValue(1, 100);
        long dense = ParameterKey.ofDenseBlock(0);
        long[] keys = {item, ParameterKey.ofValue(1, 200), dense};
        OperatorSubtaskState checkpoint;
        try (var shard = open(counting, null)) {
            assertThat(examples(shard, keys)).containsExactly(0, 0, 0);
            pushExamples(shard, counting, item, 3);
            pushExamples(shard, counting, dense, 8);
            pushExamples(shard, counting, item, 2);
            assertThat(examples(shard, keys)).containsExactly(5, 0, 8);

            push(shard, new Random(1), 400);
            assertThat(examples(shard, keys)).containsExactly(5, 0, 8);
            checkpoint = snapshot(shard, 1).state();
        }
        try (var restored = open(counting, checkpoint)) {
            assertThat(examples(restored, keys)).containsExactly(5, 0, 8);
        }
        try (var other = open(null)) {
            assertThat(examples(other, keys)).isEmpty();
        }
    }

    private static void pushExamples(
            KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> shard,
            ModelSpec model,
            long key,
            int examples)
            throws Exception {
        shard.processElement(
                new ShardRequest.Push(
                        TRAINER,
                        0,
                        new long[] {key},
                        new int[] {examples},
                        new float[new ParameterLayout(model).width(key)],
                        0),
                0);
    }

    private static long[] examples(
            KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> shard,
            long... keys)
            throws Exception {
        shard.processElement(new ShardRequest.Pull(TRAINER, 99, keys), 0);
        List<ShardReply> replies = shard.extractOutputValues();
        shard.getOutput().clear();
        return replies.get(replies.size() - 1).examples();
    }

    /** Whether most rows were evicted, or none and the checkpoint has all of them unwritten. */
    @ParameterizedTest
    @ValueSource(longs = {SMALL_CACHE, 100 * SMALL_CACHE})
    void baseAndDeltasEqualTheStateOfTheLastCheckpoint(long cacheBytes) throws Exception {
        Random random = new Random(3);
        Map<Long, float[]> fromParts = new HashMap<>();
        OperatorSubtaskState checkpoint;
        try (var shard = open(spec, cacheBytes, null)) {
            for (long id = 1; id <= 5; id++) {
                push(shard, random, 400);
                readInto(fromParts, snapshot(shard, id).rows());
                shard.notifyOfCompletedCheckpoint(id);
            }
            push(shard, random, 50);
            Snapshot last = snapshot(shard, 6);
            readInto(fromParts, last.rows());
            checkpoint = last.state();
        }

        try (var restored = open(spec, cacheBytes, checkpoint)) {
            Map<Long, float[]> fromState = pullAll(restored, fromParts.keySet());
            assertThat(fromParts).hasSizeGreaterThan(1000);
            fromParts.forEach(
                    (key, weights) ->
                            assertThat(weights)
                                    .as("row %x", key)
                                    .containsExactly(fromState.get(key)));
        }
    }

    @Test
    void whatAnAbortedCheckpointCarriedIsInTheNextPart() throws Exception {
        Random random = new Random(4);
        try (var shard = open(null)) {
            push(shard, random, 100);
            VersionPiece.Rows first = snapshot(shard, 1).rows();
            shard.notifyOfCompletedCheckpoint(1);
            push(shard, random, 100);
            VersionPiece.Rows aborted = snapshot(shard, 2).rows();
            VersionPiece.Rows next = snapshot(shard, 3).rows();
            shard.notifyOfCompletedCheckpoint(3);
            VersionPiece.Rows unchanged = snapshot(shard, 4).rows();

            assertThat(first.parent()).isNull();
            assertThat(aborted.parent()).isEqualTo(1);
            assertThat(next.parent()).isEqualTo(1);
            assertThat(read(next)).isNotEmpty().containsOnlyKeys(read(aborted).keySet());
            assertThat(unchanged.parent()).isEqualTo(3);
            assertThat(read(unchanged)).isEmpty();
        }
    }

    /** One that Flink gave up between announcing the part and taking the snapshot. */
    @Test
    void aBarrierWithoutASnapshotTakesNothingAway() throws Exception {
        try (var shard = open(null)) {
            push(shard, new Random(4), 100);
            shard.prepareSnapshotPreBarrier(1);
            Map<Long, float[]> rows = read(snapshot(shard, 2).rows());
            assertThat(rows).hasSizeGreaterThan(100);
        }
    }

    @Test
    void trainsOnWhileItsPartIsWritten() throws Exception {
        try (var shard = open(spec, 100 * SMALL_CACHE, null)) {
            long[] keys = {ParameterKey.ofValue(1, 1000)};
            push(shard, keys, new float[] {1, 1});
            Map<Long, float[]> before = pullAll(shard, List.of(keys[0]));
            OperatorSnapshotFutures writing = begin(shard, 1);
            push(shard, keys, new float[] {1, 1});
            shard.prepareSnapshotPreBarrier(2);
            var unused = OperatorSnapshotFinalizer.create(writing);

            VersionPiece.Rows first = pieces(shard).get(0);
            assertThat(read(first).get(keys[0])).containsExactly(before.get(keys[0]));
            assertThat(pullAll(shard, List.of(keys[0])).get(keys[0]))
                    .isNotEqualTo(before.get(keys[0]));
        }
    }

    /** Memory for copies is handed on only when the snapshot before is written. */
    @Test
    void aSnapshotIsItsOwnWhileTheOneBeforeIsBeingWritten() throws Exception {
        try (var shard = open(null)) {
            long[] keys = {ParameterKey.ofValue(1, 1000)};
            push(shard, keys, new float[] {1, 1});
            float[] before = pullAll(shard, List.of(keys[0])).get(keys[0]);
            OperatorSnapshotFutures first = begin(shard, 1);
            push(shard, keys, new float[] {1, 1});
            float[] after = pullAll(shard, List.of(keys[0])).get(keys[0]);
            OperatorSnapshotFutures second = begin(shard, 2);
            var unused = OperatorSnapshotFinalizer.create(first);
            unused = OperatorSnapshotFinalizer.create(second);

            assertThat(read(pieces(shard).get(0)).get(keys[0])).containsExactly(before);
            assertThat(read(pieces(shard).get(1)).get(keys[0])).containsExactly(after);
        }
    }

    /** As Flink does when a checkpoint is aborted: it interrupts who writes. */
    @Test
    void anAbortedSnapshotFailsNobody() throws Exception {
        BlockingStorage.reset();
        Path folder = directory;
        try (var shard =
                open(
                        spec,
                        SMALL_CACHE,
                        null,
                        () -> new BlockingStorage(new LocalVersionStorage(folder)))) {
            shard.getEnvironment().setExpectedExternalFailureCause(Throwable.class);
            push(shard, new Random(4), 10);
            OperatorSnapshotFutures writing = begin(shard, 1);
            Thread writer = new Thread(() -> BlockingStorage.ended(writing), "snapshot");
            writer.start();
            BlockingStorage.awaitWrite();
            var unused = writing.cancel();
            writer.join();

            assertThat(BlockingStorage.end()).isInstanceOf(CancellationException.class);
            assertThat(shard.getEnvironment().getActualExternalFailureCause()).isEmpty();
            assertThat(read(snapshot(shard, 2).rows())).isNotEmpty();
        }
    }

    @Test
    void theEndOfTheInputIsTheLastCut() throws Exception {
        OperatorSubtaskState checkpoint;
        VersionPiece.Rows last;
        Map<Long, float[]> trained;
        try (var shard = open(spec, 100 * SMALL_CACHE, null)) {
            push(shard, new Random(4), 10);
            snapshot(shard, 1);
            shard.notifyOfCompletedCheckpoint(1);
            push(shard, new Random(5), 10);
            shard.getOperator().finish();
            List<VersionPiece.Rows> pieces = pieces(shard);
            last = pieces.get(pieces.size() - 1);
            assertThat(last.version()).isEqualTo(2);
            assertThat(last.part().isPromised()).isFalse();
            trained = read(last);
            assertThat(trained).isNotEmpty();

            checkpoint = snapshot(shard, 5).state();
            assertThat(pieces(shard)).as("no part after the last").hasSameSizeAs(pieces);
        }
        try (var restored = open(checkpoint)) {
            Map<Long, float[]> rows = pullAll(restored, trained.keySet());
            trained.forEach((key, row) -> assertThat(rows.get(key)).containsExactly(row));
            assertThat(snapshot(restored, 6).rows().parent()).isEqualTo(2);
        }
    }

    /** A barrier that Flink gave up on may be the last before the end of the input. */
    @Test
    void theEndOfTheInputTakesBackAPromise() throws Exception {
        try (var shard = open(null)) {
            push(shard, new Random(4), 10);
            shard.prepareSnapshotPreBarrier(1);
            shard.getOperator().finish();
            snapshot(shard, 2);
            assertThat(pieces(shard))
                    .extracting(VersionPiece.Rows::version)
                    .containsExactly(1L, 2L);
        }
    }

    /** It is no checkpoint that Flink may tolerate to fail, for no other one would do better. */
    @Test
    void aPartThatCannotBeWrittenFailsTheTask() throws Exception {
        try (var shard = open(null)) {
            shard.getEnvironment().setExpectedExternalFailureCause(IOException.class);
            push(shard, new Random(4), 10);
            Path inTheWay = Files.createFile(directory.resolve(spec.name()));

            assertThatThrownBy(() -> snapshot(shard, 1)).hasStackTraceContaining(spec.name());
            assertThat(shard.getEnvironment().getActualExternalFailureCause())
                    .hasValueSatisfying(
                            cause -> assertThat(cause).hasStackTraceContaining(spec.name()));
            Files.delete(inTheWay);
        }
    }

    @Test
    void buildsOnTheRestoredVersion() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var shard = open(null)) {
            push(shard, new Random(5), 10);
            checkpoint = snapshot(shard, 7).state();
        }
        try (var restored = open(checkpoint)) {
            push(restored, new Random(6), 10);
            VersionPiece.Rows rows = snapshot(restored, 8).rows();
            assertThat(rows.parent()).isEqualTo(7);
            assertThat(rows.version()).isEqualTo(8);
        }
    }

    @Test
    void startsANewChainWhenTheRestoredVersionIsGone() throws Exception {
        OperatorSubtaskState checkpoint;
        Map<Long, float[]> before = new HashMap<>();
        try (var shard = open(null)) {
            push(shard, new Random(5), 100);
            Snapshot snapshot = snapshot(shard, 7);
            readInto(before, snapshot.rows());
            checkpoint = snapshot.state();
        }
        new LocalVersionStorage(directory).delete(VersionPaths.folder(spec.name(), 7));
        try (var restored = open(checkpoint)) {
            VersionPiece.Rows rows = snapshot(restored, 8).rows();
            assertThat(rows.parent()).isNull();
            assertThat(read(rows)).containsOnlyKeys(before.keySet());
        }
    }

    @Test
    void refusesStateThatWasWrittenUnderOtherFeatures() throws Exception {
        OperatorSubtaskState checkpoint = checkpointOf(spec("user"));

        assertThatThrownBy(() -> open(spec("item"), checkpoint))
                .hasStackTraceContaining("was made with other features");
        open(spec("user"), checkpoint).close();
    }

    private OperatorSubtaskState checkpointOf(ModelSpec model) throws Exception {
        try (var shard = open(model, null)) {
            push(shard, new Random(5), 10);
            return snapshot(shard, 7).state();
        }
    }

    private void push(
            KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> shard,
            Random random,
            int pushes)
            throws Exception {
        for (int i = 0; i < pushes; i++) {
            long[] keys =
                    random.ints(8, 0, VALUES)
                            .distinct()
                            .mapToLong(value -> ParameterKey.ofValue(1, 1000L + value))
                            .toArray();
            float[] gradients = new float[keys.length * 2];
            for (int g = 0; g < gradients.length; g++) {
                gradients[g] = random.nextFloat() - 0.5f;
            }
            push(shard, keys, gradients);
        }
    }

    private static void push(
            KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> shard,
            long[] keys,
            float[] gradients)
            throws Exception {
        int[] examples = new int[keys.length];
        Arrays.fill(examples, 1);
        shard.processElement(new ShardRequest.Push(TRAINER, 0, keys, examples, gradients, 0), 0);
    }

    /** What a shard sends and saves at a checkpoint. */
    private record Snapshot(VersionPiece.Rows rows, OperatorSubtaskState state) {}

    private static Snapshot snapshot(
            KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> shard,
            long checkpointId)
            throws Exception {
        shard.prepareSnapshotPreBarrier(checkpointId);
        OperatorSubtaskState state = shard.snapshot(checkpointId, checkpointId);
        List<VersionPiece.Rows> pieces = pieces(shard);
        return new Snapshot(pieces.get(pieces.size() - 1), state);
    }

    /** The synchronous half of a snapshot. */
    private static OperatorSnapshotFutures begin(
            KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> shard,
            long checkpointId)
            throws Exception {
        shard.prepareSnapshotPreBarrier(checkpointId);
        return shard.getOperator()
                .snapshotState(
                        checkpointId,
                        checkpointId,
                        CheckpointOptions.forCheckpointWithDefaultLocation(),
                        new MemCheckpointStreamFactory(1 << 20));
    }

    private static List<VersionPiece.Rows> pieces(
            KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> shard) {
        return shard.getSideOutput(ParameterShard.PIECES).stream()
                .map(record -> (VersionPiece.Rows) record.getValue())
                .toList();
    }

    private Map<Long, float[]> read(VersionPiece.Rows piece) throws Exception {
        Map<Long, float[]> rows = new HashMap<>();
        readInto(rows, piece);
        return rows;
    }

    private void readInto(Map<Long, float[]> rows, VersionPiece.Rows piece) throws Exception {
        String path = piece.part().path();
        try (RowFileReader reader =
                RowFileReader.of(new LocalVersionStorage(directory).open(path), path)) {
            while (reader.next()) {
                rows.put(reader.key(), Arrays.copyOf(reader.weights(), reader.width()));
            }
        }
    }

    private Map<Long, float[]> pullAll(
            KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> shard,
            Iterable<Long> keys)
            throws Exception {
        Map<Long, float[]> rows = new HashMap<>();
        for (long key : keys) {
            shard.processElement(new ShardRequest.Pull(TRAINER, 0, new long[] {key}), 0);
            List<ShardReply> replies = shard.extractOutputValues();
            rows.put(key, replies.get(replies.size() - 1).weights());
            shard.getOutput().clear();
        }
        return rows;
    }

    private KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> open(
            OperatorSubtaskState checkpoint) throws Exception {
        return open(spec, checkpoint);
    }

    private KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> open(
            ModelSpec model, OperatorSubtaskState checkpoint) throws Exception {
        return open(model, SMALL_CACHE, checkpoint);
    }

    private KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> open(
            ModelSpec model, long cacheBytes, OperatorSubtaskState checkpoint) throws Exception {
        return open(model, cacheBytes, checkpoint, new VersionDirectory(directory.toString()));
    }

    private KeyedOneInputStreamOperatorTestHarness<Long, ShardRequest, ShardReply> open(
            ModelSpec model,
            long cacheBytes,
            OperatorSubtaskState checkpoint,
            VersionStorageFactory storage)
            throws Exception {
        var harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new ParameterShard("test", model, TestShards.settings(cacheBytes, storage)),
                        (ShardRequest request) -> request.keys()[0],
                        Types.LONG);
        harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        harness.setup(ShardReplySerializer.TYPE.createSerializer(null));
        if (checkpoint != null) {
            harness.initializeState(checkpoint);
        }
        harness.open();
        return harness;
    }

    private static ModelSpec spec() {
        return spec("user");
    }

    private static ModelSpec spec(String feature) {
        return new ModelSpec(
                "shard-test",
                new Objective.Click(),
                List.of(new FeatureSpec.Categorical(feature, feature, 2)),
                Architectures.read(
                        ConfigNode.parse("{type: dcn-v2, cross-layers: 1, hidden: []}", "test")),
                new AdaGrad(0.1, 0.1, 1e-8),
                new AdaGrad(0.1, 0.1, 1e-8),
                1);
    }

    /** Of a model whose loss asks how often items occur. */
    private static ModelSpec countingSpec() {
        return new ModelSpec(
                "shard-test",
                new Objective.Click(),
                List.of(
                        new FeatureSpec.Categorical("user", "user", 2),
                        new FeatureSpec.Categorical("item", "item", 2)),
                Architectures.read(
                        ConfigNode.parse(
                                "{type: two-tower, hidden: [], dimension: 2, loss: batch-softmax}",
                                "test")),
                new AdaGrad(0.1, 0.1, 1e-8),
                new AdaGrad(0.1, 0.1, 1e-8),
                1);
    }
}
