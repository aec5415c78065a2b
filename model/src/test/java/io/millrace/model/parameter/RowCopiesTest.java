package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowCopiesTest {

    private final RowCopies copies = new RowCopies();

    @Test
    void usageExample() {
        float[] slab = {0, 1, 2, 3};
        RowBuffer row = new RowBuffer().over(slab, 1, 2);
        row.examples = 5;
        row.lastEventTime = 900;
        copies.add(7, row, true, true);
        Arrays.fill(slab, 9);

        assertThat(copies.size()).isEqualTo(1);
        assertThat(copies.key(0)).isEqualTo(7);
        assertThat(copies.isUnwritten(0)).isTrue();
        assertThat(copies.isChanged(0)).isTrue();
        RowBuffer copy = new RowBuffer();
        copies.show(0, copy);
        assertThat(floats(copy)).containsExactly(1, 2);
        assertThat(copy.examples).isEqualTo(5);
        assertThat(copy.lastEventTime).isEqualTo(900);
    }

    @Test
    void changedRowsAscendByUnsignedKey() {
        long[] keys = {-1, 5, 0, Long.MIN_VALUE, 3, Long.MAX_VALUE};
        for (long key : keys) {
            copies.add(key, row(1, 0), false, key != 3);
        }

        assertThat(Arrays.stream(copies.changedByKey()).mapToLong(copies::key))
                .containsExactly(0L, 5L, Long.MAX_VALUE, Long.MIN_VALUE, -1L);
    }

    /** Many rows are sorted in another way than few. */
    @Test
    void changedRowsAscendByUnsignedKeyHoweverMany() {
        Random random = new Random(1);
        long[] changed = random.longs(5000).toArray();
        for (long key : changed) {
            copies.add(random.nextLong(), row(1, 0), true, false);
            copies.add(key, row(1, 0), random.nextBoolean(), true);
        }

        assertThat(Arrays.stream(copies.changedByKey()).mapToLong(copies::key))
                .containsExactlyElementsOf(LongArrayList.of(SortedKeys.ascending(changed)));
    }

    /** Rows of all sizes, some longer than a chunk, and memory used again for other ones. */
    @Test
    void keepsRowsApartWhateverTheirSizeAndWhateverWasThereBefore() {
        Random random = new Random(1);
        int[] sizes = {1, 32, 1000, 100_000, (1 << 18) - 1, 1 << 18, (1 << 18) + 1};
        for (int round = 0; round < 4; round++) {
            copies.clear();
            int rows = 50 + 100 * random.nextInt(3);
            int[] sizeOf = random.ints(rows, 0, sizes.length).map(i -> sizes[i]).toArray();
            for (int i = 0; i < rows; i++) {
                RowBuffer row = row(sizeOf[i], i);
                row.lastEventTime = round + i;
                copies.add(round - i, row, i % 2 == 0, i % 3 == 0);
            }

            assertThat(copies.size()).isEqualTo(rows);
            RowBuffer copy = new RowBuffer();
            int[] order = IntStream.range(0, rows).toArray();
            for (int i = 0; i < rows; i++) {
                copies.fetchAhead(order, i);
                copies.show(i, copy);
                assertThat(copy.size).isEqualTo(sizeOf[i]);
                assertThat(copy.values[copy.at]).isEqualTo(i);
                assertThat(copy.values[copy.at + copy.size - 1]).isEqualTo(i);
                assertThat(copy.examples).isEqualTo(i);
                assertThat(copy.lastEventTime).isEqualTo(round + i);
                assertThat(copies.key(i)).isEqualTo(round - i);
                assertThat(copies.isUnwritten(i)).isEqualTo(i % 2 == 0);
                assertThat(copies.isChanged(i)).isEqualTo(i % 3 == 0);
            }
            assertThat(copies.changedByKey()).hasSize((rows + 2) / 3);
        }
    }

    private static RowBuffer row(int size, float value) {
        float[] values = new float[size];
        Arrays.fill(values, value);
        RowBuffer row = new RowBuffer().over(values, 0, size);
        row.examples = (long) value;
        return row;
    }

    private static float[] floats(RowBuffer row) {
        return Arrays.copyOfRange(row.values, row.at, row.at + row.size);
    }
}
