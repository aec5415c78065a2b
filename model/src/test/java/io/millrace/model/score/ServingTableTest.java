package io.millrace.model.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ServingTableTest {

    private static final ParameterLayout LAYOUT =
            new ParameterLayout(
                    new ModelSpec(
                            "wide",
                            new Objective.Click(),
                            List.of(
                                    new Categorical("user", "user", 3),
                                    new Categorical("item", "item", 2)),
                            new DcnV2(0, 0, List.of(), DcnV2.Structure.STACKED),
                            new Sgd(0.1),
                            new Sgd(0.1),
                            5));

    private static final int BASE = 10;
    private static final int NEWER = 20;

    /** Keys of users whose search begins at the same cell, as long as a table is small. */
    private static final long[] COLLIDING = colliding(9);

    private final RowTable base = RowTable.empty(LAYOUT);
    private final RowTable overlay = RowTable.empty(LAYOUT);
    private final ServingTable table =
            new ServingTable(LAYOUT, base, overlay, new float[LAYOUT.dense().size()]);

    @Test
    void usageExample() {
        long user = ParameterKey.ofValue(1, 100);
        put(base, user, BASE);

        float[] out = new float[4];
        table.write(user, out, 1);

        assertThat(out).containsExactly(0, BASE, BASE, BASE);
    }

    @Test
    void oneByOneAndAllAtOnceAreTheSame() {
        put(base, COLLIDING[0], BASE);
        put(base, COLLIDING[1], BASE);
        put(base, COLLIDING[2], BASE);
        base.slot(COLLIDING[3]).delete(COLLIDING[3]);
        base.slot(COLLIDING[4]).delete(COLLIDING[4]);
        put(overlay, COLLIDING[4], NEWER);
        put(overlay, COLLIDING[1], NEWER);
        overlay.slot(COLLIDING[2]).delete(COLLIDING[2]);
        put(overlay, COLLIDING[5], NEWER);
        overlay.slot(COLLIDING[6]).delete(COLLIDING[6]);
        long item = ParameterKey.ofValue(2, 100);
        put(overlay, item, NEWER);

        assertWrites(COLLIDING[0], BASE);
        assertWrites(COLLIDING[1], NEWER);
        assertWritesInitial(COLLIDING[2]);
        assertWritesInitial(COLLIDING[3]);
        assertWrites(COLLIDING[4], NEWER);
        assertWrites(COLLIDING[5], NEWER);
        assertWritesInitial(COLLIDING[6]);
        assertWritesInitial(COLLIDING[7]);
        assertWrites(item, NEWER);
        assertWritesInitial(ParameterKey.ofValue(2, 101));
        assertWritesInitial(ParameterKey.ofMissing(1));
        assertWritesInitial(ParameterKey.ofMissing(2));
        assertWritesInitial(ParameterKey.ofDenseBlock(0));
        assertAllAtOnce(
                LongStream.concat(
                                LongStream.of(
                                        item,
                                        ParameterKey.ofValue(2, 101),
                                        ParameterKey.ofMissing(1),
                                        ParameterKey.ofMissing(2),
                                        ParameterKey.ofDenseBlock(0),
                                        item),
                                Arrays.stream(COLLIDING))
                        .toArray());
    }

    @Test
    void oneByOneAndAllAtOnceAreTheSameWithoutAnOverlay() {
        put(base, COLLIDING[0], BASE);
        put(base, COLLIDING[1], BASE);
        base.slot(COLLIDING[2]).delete(COLLIDING[2]);

        assertWrites(COLLIDING[1], BASE);
        assertWritesInitial(COLLIDING[2]);
        assertWritesInitial(COLLIDING[3]);
        assertAllAtOnce(COLLIDING);
    }

    @Test
    void aLargeOverlayIsFoldedIntoTheBase() {
        for (int i = 0; i < 4000; i++) {
            put(base, ParameterKey.ofValue(2, 100 + i), BASE);
        }
        for (int i = 0; i < 2000; i++) {
            put(overlay, ParameterKey.ofValue(2, 100 + i), NEWER);
        }
        assertThat(table.folded()).as("half of the base").isSameAs(table);
        overlay.slot(ParameterKey.ofValue(2, 100 + 3999))
                .delete(ParameterKey.ofValue(2, 100 + 3999));

        ServingTable folded = table.folded();

        assertThat(folded.overlay().size()).isZero();
        assertThat(folded.base().size()).isEqualTo(3999);
        for (int i = 0; i < 4000; i++) {
            float[] before = new float[3];
            float[] after = new float[3];
            table.write(ParameterKey.ofValue(2, 100 + i), before, 0);
            folded.write(ParameterKey.ofValue(2, 100 + i), after, 0);
            assertThat(after).isEqualTo(before);
        }
    }

    private void assertAllAtOnce(long[] keys) {
        int[] at = new int[keys.length];
        int end = 1;
        for (int i = 0; i < keys.length; i++) {
            at[i] = end;
            end += LAYOUT.width(keys[i]);
        }
        float[] expected = new float[end];
        for (int i = 0; i < keys.length; i++) {
            table.write(keys[i], expected, at[i]);
        }

        float[] out = new float[end];
        table.writeAll(keys.clone(), at, keys.length, out);

        assertThat(out).isEqualTo(expected);
    }

    private void assertWrites(long key, float weight) {
        float[] expected = new float[LAYOUT.width(key)];
        Arrays.fill(expected, weight);
        assertWrites(key, expected);
    }

    private void assertWritesInitial(long key) {
        float[] expected = new float[LAYOUT.width(key)];
        LAYOUT.initialize(key, expected, 0);
        assertWrites(key, expected);
    }

    private void assertWrites(long key, float[] expected) {
        float[] out = new float[LAYOUT.width(key)];
        table.write(key, out, 0);
        assertThat(out).as("key %x", key).isEqualTo(expected);

        table.writeAll(new long[] {key}, new int[] {0}, 1, out);
        assertThat(out).as("key %x", key).isEqualTo(expected);
    }

    private static void put(RowTable table, long key, float weight) {
        float[] weights = new float[DenseLayout.BLOCK];
        Arrays.fill(weights, weight);
        table.slot(key).put(key, weights, 0);
    }

    private static long[] colliding(int count) {
        SlotTable empty = new SlotTable(1);
        int home = empty.home(ParameterKey.ofValue(1, 100));
        return LongStream.iterate(100, hash -> hash + 1)
                .map(hash -> ParameterKey.ofValue(1, hash))
                .filter(key -> empty.home(key) == home)
                .limit(count)
                .toArray();
    }
}
