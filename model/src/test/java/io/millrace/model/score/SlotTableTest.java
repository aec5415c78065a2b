package io.millrace.model.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.parameter.ParameterKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SlotTableTest {

    private static final float RARE = -1;
    private static final int WIDTH = 3;
    private static final long[] KEYS =
            new Random(1).longs(5000).map(hash -> ParameterKey.ofValue(1, hash)).toArray();

    private final Random random = new Random(2);

    @Test
    void usageExample() {
        SlotTable table = new SlotTable(2);
        table.put(7, new float[] {9, 1, 2}, 1);
        table.delete(8);

        float[] out = new float[3];
        table.read(table.find(7), out, 1);
        assertThat(out).containsExactly(0, 1, 2);
        assertThat(table.find(8)).isEqualTo(SlotTable.DELETED);
        assertThat(table.find(9)).isEqualTo(SlotTable.ABSENT);
        assertThat(table.size()).isEqualTo(2);
    }

    @Test
    void holdsWhatAMapHolds() {
        SlotTable table = new SlotTable(WIDTH);
        Map<Long, Float> expected = new HashMap<>();

        change(table, expected, 20_000);

        assertEqual(table, expected);
    }

    @Test
    void aCopySharesNothing() {
        SlotTable table = new SlotTable(WIDTH);
        Map<Long, Float> expected = new HashMap<>();
        change(table, expected, 5000);

        change(new SlotTable(table), new HashMap<>(expected), 5000);

        assertEqual(table, expected);
    }

    @Test
    void laysANewerTableOver() {
        SlotTable base = new SlotTable(WIDTH);
        Map<Long, Float> expected = new HashMap<>();
        change(base, expected, 5000);
        SlotTable newer = new SlotTable(WIDTH);
        change(newer, expected, 3000);

        base.putAll(newer);

        assertEqual(base, expected);
    }

    @Test
    void forgetsDeletedKeys() {
        SlotTable table = new SlotTable(WIDTH);
        Map<Long, Float> expected = new HashMap<>();
        change(table, expected, 5000);

        SlotTable kept = table.withoutDeleted();

        expected.values().removeIf(value -> value == null);
        assertEqual(kept, expected);
        assertThat(kept.size()).isEqualTo(expected.size()).isLessThan(table.size());
    }

    @Test
    void isNotCopiedWhenNoKeyIsDeleted() {
        SlotTable table = new SlotTable(WIDTH);
        change(table, new HashMap<>(), 20_000);
        for (long key : KEYS) {
            if (table.find(key) == SlotTable.DELETED && random.nextBoolean()) {
                table.setRare(key);
            } else if (table.find(key) < 0) {
                table.put(key, new float[WIDTH], 0);
            }
        }
        assertThat(table.withoutDeleted()).isSameAs(table);

        SlotTable newer = new SlotTable(WIDTH);
        newer.delete(KEYS[0]);
        newer.delete(KEYS[0]);
        table.putAll(newer);
        SlotTable copy = new SlotTable(table);
        assertThat(table.withoutDeleted().size()).isEqualTo(KEYS.length - 1);
        assertThat(copy.withoutDeleted().size()).isEqualTo(KEYS.length - 1);
    }

    /** Puts, deletes and marks at random; a deleted key maps to null, a rare one to RARE. */
    private void change(SlotTable table, Map<Long, @Nullable Float> expected, int changes) {
        for (int i = 0; i < changes; i++) {
            long key = KEYS[random.nextInt(KEYS.length)];
            if (random.nextInt(3) == 0) {
                table.delete(key);
                expected.put(key, null);
            } else if (random.nextInt(6) == 0) {
                table.setRare(key);
                expected.put(key, RARE);
            } else {
                table.put(key, new float[] {i, i + 1, i + 2}, 0);
                expected.put(key, (float) i);
            }
        }
    }

    private static void assertEqual(SlotTable table, Map<Long, @Nullable Float> expected) {
        assertThat(table.size()).isEqualTo(expected.size());
        float[] row = new float[WIDTH];
        for (long key : KEYS) {
            Float value = expected.get(key);
            int found = table.find(key);
            if (value == null) {
                assertThat(found)
                        .isEqualTo(
                                expected.containsKey(key) ? SlotTable.DELETED : SlotTable.ABSENT);
            } else if (value.equals(RARE)) {
                assertThat(found).isEqualTo(SlotTable.RARE);
            } else {
                table.read(found, row, 0);
                assertThat(row).containsExactly(value, value + 1, value + 2);
            }
        }
    }

    @Test
    void rowsThatNoKeyHasAreUsedAgain() {
        SlotTable table = new SlotTable(WIDTH);
        for (int i = 0; i < 10_000; i++) {
            table.put(KEYS[0], new float[] {i, i, i}, 0);
            if (i % 2 == 0) {
                table.delete(KEYS[0]);
            } else {
                table.setRare(KEYS[0]);
            }
        }
        table.put(KEYS[1], new float[WIDTH], 0);
        assertThat(table.find(KEYS[1])).isZero();
    }
}
