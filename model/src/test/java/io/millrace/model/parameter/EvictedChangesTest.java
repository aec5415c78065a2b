package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EvictedChangesTest {

    private static final long TWO_ROWS = 2 * 3 * Float.BYTES;

    private final EvictedChanges changes = new EvictedChanges(TWO_ROWS);
    private final RowBuffer row = new RowBuffer();

    @Test
    void usageExample() {
        changes.add(7, weights(1));
        changes.add(8);

        assertThat(changes.keys()).containsExactlyInAnyOrder(7L, 8L);
        assertThat(changes.show(7, row)).isTrue();
        assertThat(floats()).containsExactly(1, 1, 1);
        assertThat(row.examples).isEqualTo(1);
        assertThat(changes.show(8, row)).isFalse();
    }

    @Test
    void theLastToLeaveIsTheNewest() {
        changes.add(7, weights(1));
        changes.add(8, weights(2));
        changes.add(7, weights(3));

        changes.show(7, row);
        assertThat(floats()).containsExactly(3, 3, 3);
        assertThat(row.examples).isEqualTo(3);
        changes.show(8, row);
        assertThat(floats()).containsExactly(2, 2, 2);
    }

    @Test
    void keepsTheKeysOfRowsForWhichThereIsNoRoom() {
        changes.add(7, weights(1));
        changes.add(8, weights(2));
        changes.add(9, weights(3));
        changes.add(8, weights(4));

        assertThat(changes.keys()).containsExactlyInAnyOrder(7L, 8L, 9L);
        assertThat(changes.show(9, row)).isFalse();
        changes.show(8, row);
        assertThat(floats()).as("its room is its own").containsExactly(4, 4, 4);

        changes.clear();
        assertThat(changes.keys()).isEmpty();
        changes.add(9, weights(5));
        changes.add(7, weights(6));
        assertThat(changes.show(9, row)).isTrue();
        assertThat(changes.show(7, row)).isTrue();
    }

    @Test
    void aKeyAloneTakesNoCopyAway() {
        changes.add(7, weights(1));
        changes.add(7);
        assertThat(changes.show(7, row)).isTrue();

        changes.remove(7);
        assertThat(changes.keys()).isEmpty();
        assertThat(changes.show(7, row)).isFalse();
    }

    private static RowBuffer weights(int value) {
        float[] weights = new float[3];
        Arrays.fill(weights, value);
        RowBuffer row = new RowBuffer().over(weights, 0, 3);
        row.examples = value;
        return row;
    }

    private float[] floats() {
        return Arrays.copyOfRange(row.values, row.at, row.at + row.size);
    }
}
