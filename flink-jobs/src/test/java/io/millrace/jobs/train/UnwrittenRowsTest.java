package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architectures;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.RowCopies;
import io.millrace.model.parameter.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupRangeOffsets;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.junit.jupiter.api.Test;

class UnwrittenRowsTest {

    private static final int GROUPS = 16;
    private static final KeyGroupRange ALL = new KeyGroupRange(0, GROUPS - 1);

    /** Floats of a row that with its key is as long as the buffer, less the few bytes of one. */
    private static final int FILLING = ((1 << 16) - 8 - 17) / Float.BYTES;

    private final Random random = new Random(1);

    @Test
    void usageExample() throws Exception {
        ParameterLayout layout = layout(3);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), 1 << 20);
        long key = ParameterKey.ofValue(1, 100);
        table.push(new long[] {key}, 0, 1, new int[] {5}, new float[] {1, 2, 3}, 0, 900, null);

        MemoryRowStore restored = new MemoryRowStore();
        RawRows.restore(save(table, layout, ALL), layout, restored);

        assertThat(restored.keys()).containsExactly(key);
        RowBuffer row = new RowBuffer().over(new float[3], 0, 3);
        restored.read(key, row);
        assertThat(row.examples).isEqualTo(5);
        assertThat(row.lastEventTime).isEqualTo(900);
    }

    @Test
    void aTableWithNothingUnwrittenLeavesNoRows() throws Exception {
        ParameterLayout layout = layout(3);
        MemoryRowStore store = new MemoryRowStore();
        ParameterTable table = new ParameterTable(layout, store, 1 << 20);
        assertRestored(table, layout, List.of());

        List<Long> keys = push(table, layout, 50);
        table.writeResting(1);
        table.writeResting(1);
        assertRestored(table, layout, List.of());
        assertThat(store.size()).isEqualTo(keys.size());
    }

    @Test
    void rowsOfManyKeysComeBack() throws Exception {
        ParameterLayout layout = layout(3, 50, 3);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), 16 << 20);
        List<Long> keys = push(table, layout, 5000);
        keys.add(ParameterKey.ofDenseBlock(0));
        push(table, layout, keys.get(keys.size() - 1));

        assertRestored(table, layout, keys);
    }

    /** Alone and among small ones: a little shorter than the buffer, as long, and much longer. */
    @Test
    void rowsAsLongAsTheBufferComeBack() throws Exception {
        ParameterLayout layout =
                layout(1, FILLING - 2, FILLING - 1, FILLING, FILLING + 1, 3 * FILLING, 2);
        for (int rows : new int[] {1, 2, 7, 40}) {
            ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), 64 << 20);
            assertRestored(table, layout, push(table, layout, rows));
        }
        for (int slot = 1; slot < layout.slots(); slot++) {
            ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), 64 << 20);
            List<Long> keys = new ArrayList<>();
            for (int i = 0; i < 3 * GROUPS; i++) {
                keys.add(ParameterKey.ofValue(slot, 100 + i));
                push(table, layout, keys.get(i));
            }
            assertRestored(table, layout, keys);
        }
    }

    @Test
    void eachShardFindsTheRowsOfItsKeyGroups() throws Exception {
        ParameterLayout layout = layout(3);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), 1 << 20);
        List<Long> keys = push(table, layout, 500);
        KeyGroupsStateHandle saved = save(table, layout, ALL);

        for (int shards : new int[] {1, 2, 3, GROUPS}) {
            ShardAssignment assignment = new ShardAssignment(GROUPS, shards);
            for (int shard = 0; shard < shards; shard++) {
                KeyGroupRange range =
                        KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                                GROUPS, shards, shard);
                MemoryRowStore restored = new MemoryRowStore();
                RawRows.restore(saved.getIntersection(range), layout, restored);

                int index = shard;
                assertThat(restored.keys())
                        .containsExactly(
                                keys.stream()
                                        .mapToLong(Long::longValue)
                                        .filter(key -> assignment.shardOf(key) == index)
                                        .sorted()
                                        .toArray());
            }
        }
    }

    /** A shard that is not the first of several. */
    @Test
    void savesTheKeyGroupsOfItsShardOnly() throws Exception {
        ParameterLayout layout = layout(3);
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), 1 << 20);
        KeyGroupRange range = new KeyGroupRange(5, 10);
        ShardAssignment assignment = new ShardAssignment(GROUPS, GROUPS);
        List<Long> keys = new ArrayList<>();
        for (long hash = 100; keys.size() < 200; hash++) {
            long key = ParameterKey.ofValue(1, hash);
            if (range.contains(assignment.shardOf(key))) {
                keys.add(key);
                push(table, layout, key);
            }
        }

        MemoryRowStore restored = new MemoryRowStore();
        RawRows.restore(save(table, layout, range), layout, restored);
        assertThat(restored.keys())
                .containsExactly(keys.stream().mapToLong(Long::longValue).sorted().toArray());
    }

    private static void assertRestored(
            ParameterTable table, ParameterLayout layout, List<Long> keys) throws Exception {
        MemoryRowStore restored = new MemoryRowStore();
        RawRows.restore(save(table, layout, ALL), layout, restored);

        assertThat(restored.size()).isEqualTo(keys.size());
        RowCopies copies = new RowCopies();
        table.copyUnwritten(copies);
        assertThat(LongStream.range(0, copies.size()).map(i -> copies.key((int) i)))
                .containsExactlyInAnyOrderElementsOf(keys);
        RowBuffer actual = new RowBuffer();
        RowBuffer expected = new RowBuffer();
        for (int row = 0; row < copies.size(); row++) {
            copies.show(row, expected);
            int size = expected.size;
            assertThat(restored.read(copies.key(row), actual.over(new float[size], 0, size)))
                    .isTrue();
            assertThat(actual.examples).isEqualTo(expected.examples);
            assertThat(actual.lastEventTime).isEqualTo(expected.lastEventTime);
            assertThat(
                            Arrays.equals(
                                    actual.values,
                                    0,
                                    size,
                                    expected.values,
                                    expected.at,
                                    expected.at + size))
                    .as("row %x", copies.key(row))
                    .isTrue();
        }
    }

    private static KeyGroupsStateHandle save(
            ParameterTable table, ParameterLayout layout, KeyGroupRange range) throws Exception {
        RowCopies rows = new RowCopies();
        table.copyUnwritten(rows);
        CheckpointStateOutputStream out =
                new MemCheckpointStreamFactory(64 << 20)
                        .createCheckpointStateOutputStream(CheckpointedStateScope.EXCLUSIVE);
        KeyGroupRangeOffsets offsets = UnwrittenRows.save(rows, out, range, GROUPS);
        return new KeyGroupsStateHandle(offsets, out.closeAndGetHandle());
    }

    /** Pushes to so many rows of all sparse features in turn. */
    private List<Long> push(ParameterTable table, ParameterLayout layout, int rows) {
        List<Long> keys = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            keys.add(ParameterKey.ofValue(1 + i % (layout.slots() - 1), 100 + i));
            push(table, layout, keys.get(i));
        }
        return keys;
    }

    private void push(ParameterTable table, ParameterLayout layout, long key) {
        float[] gradients = new float[layout.width(key)];
        for (int i = 0; i < gradients.length; i++) {
            gradients[i] = random.nextFloat() - 0.5f;
        }
        table.push(
                new long[] {key},
                0,
                1,
                new int[] {1 + random.nextInt(9)},
                gradients,
                0,
                random.nextInt(1000),
                null);
    }

    /** One categorical feature of each dimension; a row is its weights alone. */
    private static ParameterLayout layout(int... dimensions) {
        List<FeatureSpec> features = new ArrayList<>();
        for (int i = 0; i < dimensions.length; i++) {
            features.add(new FeatureSpec.Categorical("f" + i, "f" + i, dimensions[i]));
        }
        return new ParameterLayout(
                new ModelSpec(
                        "unwritten",
                        new Objective.Click(),
                        features,
                        Architectures.read(
                                ConfigNode.parse(
                                        "{type: dcn-v2, cross-layers: 0, hidden: [2]}", "test")),
                        new Sgd(0.1),
                        new Sgd(0.1),
                        1));
    }
}
