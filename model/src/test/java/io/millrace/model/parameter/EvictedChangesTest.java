package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EvictedChangesTest {

    private static final long TWO_ROWS = 2 * (10 + 3) * Float.BYTES;

    private final EvictedChanges changes = new EvictedChanges(TWO_ROWS);
    private final Map<Long, Float> cut = new TreeMap<>();
    private final Map<Long, Float> stored = new TreeMap<>();

    @Test
    void usageExample() {
        changes.add(7, weights(1));
        changes.add(8);
        stored.put(8L, 2f);

        assertThat(changes.keys()).containsExactlyInAnyOrder(7L, 8L);
        assertThat(cut()).isEmpty();
        assertThat(cut).isEqualTo(Map.of(7L, 1f, 8L, 2f));
        assertThat(changes.keys()).isEmpty();
    }

    @Test
    void theLastToLeaveIsTheNewest() {
        changes.add(7, weights(1));
        changes.add(8, weights(2));
        changes.add(7, weights(3));

        cut();
        assertThat(cut).isEqualTo(Map.of(7L, 3f, 8L, 2f));
    }

    @Test
    void keepsTheKeysOfRowsForWhichThereIsNoRoom() {
        for (int round = 0; round < 2; round++) {
            changes.add(7, weights(1));
            changes.add(8, weights(2));
            for (long key = 100; key < 150; key++) {
                changes.add(key, weights(3));
                stored.put(key, 4f);
            }
            changes.add(8, weights(5));

            long[] tooMany = cut();
            assertThat(cut).containsEntry(7L, 1f).containsEntry(8L, 5f);
            assertThat(cut).as("what was read back lasted not long").hasSizeLessThan(6);
            assertThat(tooMany).hasSize(52 - cut.size()).doesNotContain(7, 8);
            assertThat(Arrays.stream(tooMany)).noneMatch(cut::containsKey);
        }
    }

    @Test
    void copiesOnlyAsManyCandidatesAsThereIsMemoryFor() {
        RowBuffer candidate = weights(1);
        candidate.candidate = true;
        for (long key = 0; key < 50; key++) {
            changes.add(key, candidate);
        }
        assertCut(candidate, 50);
        for (long key = 0; key < 50; key++) {
            changes.add(key);
        }
        assertCut(candidate, 50);
    }

    @Test
    void copiesOnlyAsManyTombstonesAsThereIsMemoryFor() {
        for (long key = 0; key < 50; key++) {
            changes.addWithoutCopy(key);
        }
        assertCut(null, 50);
    }

    /** What does not fit is left to be read one by one. */
    private void assertCut(@Nullable RowBuffer inStore, int all) {
        RowCopies copies = new RowCopies();
        long[] tooMany = changes.cut(copies, key -> inStore);
        assertThat(copies.size()).isBetween(2, 4);
        assertThat(tooMany).hasSize(all - copies.size()).doesNotHaveDuplicates();
        for (int i = 0; i < copies.size(); i++) {
            assertThat(tooMany).doesNotContain(copies.key(i));
        }
    }

    @Test
    void aKeyAloneTakesNoCopyAway() {
        changes.add(7, weights(1));
        changes.add(7);

        cut();
        assertThat(cut).isEqualTo(Map.of(7L, 1f));
    }

    private long[] cut() {
        RowCopies copies = new RowCopies();
        long[] tooMany = changes.cut(copies, key -> weights(stored.get(key)));
        cut.clear();
        RowBuffer row = new RowBuffer();
        for (int i = 0; i < copies.size(); i++) {
            copies.show(i, row);
            assertThat(row.examples).isEqualTo((long) row.values[row.at]);
            assertThat(copies.isChanged(i)).isTrue();
            assertThat(copies.isUnwritten(i)).isFalse();
            cut.put(copies.key(i), row.values[row.at + 2]);
        }
        return tooMany;
    }

    private static RowBuffer weights(float value) {
        float[] weights = new float[3];
        Arrays.fill(weights, value);
        RowBuffer row = new RowBuffer().over(weights, 0, 3);
        row.examples = (long) value;
        return row;
    }
}
