package io.millrace.model.score;

import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.Arrays;

/**
 * Embedding rows by key. Whoever builds one has it alone; once it is part of a {@link ServingTable}
 * nobody changes it.
 */
final class RowTable {

    /** Keys that take a step together: enough for the processor to overlap, few enough to stay. */
    private static final int AT_ONCE = 256;

    private final ParameterLayout layout;

    /** By slot; nothing is kept for the dense slot. */
    private final SlotTable[] slots;

    /** Written, so that the compiler cannot leave out the reads; what it is does not matter. */
    @SuppressWarnings("UnusedVariable")
    private float touched;

    private RowTable(ParameterLayout layout, SlotTable[] slots) {
        this.layout = layout;
        this.slots = slots;
    }

    static RowTable empty(ParameterLayout layout) {
        SlotTable[] slots = new SlotTable[layout.slots()];
        Arrays.setAll(slots, slot -> new SlotTable(layout.slot(slot).width()));
        return new RowTable(layout, slots);
    }

    /** A copy that shares nothing. */
    RowTable copy() {
        return new RowTable(
                layout, Arrays.stream(slots).map(SlotTable::new).toArray(SlotTable[]::new));
    }

    /** Keys in the table, deleted ones included. */
    long size() {
        return Arrays.stream(slots).mapToLong(SlotTable::size).sum();
    }

    /**
     * Writes the weights of the keys that the table knows, those deleted or rare included. The
     * others are moved to the front, in their order.
     *
     * <p>It takes several keys at a time through each step, as steps of several keys do not depend
     * on each other: so the processor waits for the memory of many at once.
     *
     * @param keys of which the first {@code count} are looked for
     * @param at where in {@code out} the weights of each key go
     * @param absent gives those of keys that the table knows to have no row
     * @return how many keys the table does not know
     */
    int writeKnown(long[] keys, int[] at, int count, AbsentRows absent, float[] out) {
        long[] found = new long[AT_ONCE];
        int[] rows = new int[AT_ONCE];
        int unknown = 0;
        for (int from = 0; from < count; from += AT_ONCE) {
            int to = Math.min(count, from + AT_ONCE);
            find(keys, from, to, found, rows);
            touch(keys, from, to, rows);
            for (int i = from; i < to; i++) {
                int row = rows[i - from];
                if (row >= 0) {
                    slot(keys[i]).read(row, out, at[i]);
                } else if (row == SlotTable.DELETED) {
                    absent.writeUnseen(keys[i], out, at[i]);
                } else if (row == SlotTable.RARE) {
                    absent.writeRare(keys[i], out, at[i]);
                } else {
                    keys[unknown] = keys[i];
                    at[unknown++] = at[i];
                }
            }
        }
        return unknown;
    }

    /** The rows of keys {@code from} to {@code to}; few are elsewhere than in their home cell. */
    private void find(long[] keys, int from, int to, long[] found, int[] rows) {
        for (int i = from; i < to; i++) {
            SlotTable slot = slot(keys[i]);
            int home = slot.home(keys[i]);
            found[i - from] = slot.keyAt(home);
            rows[i - from] = slot.rowAt(home);
        }
        for (int i = from; i < to; i++) {
            long key = found[i - from];
            if (key == 0) {
                rows[i - from] = SlotTable.ABSENT;
            } else if (key != keys[i]) {
                rows[i - from] = slot(keys[i]).find(keys[i]);
            }
        }
    }

    private void touch(long[] keys, int from, int to, int[] rows) {
        float sum = 0;
        for (int i = from; i < to; i++) {
            if (rows[i - from] >= 0) {
                sum += slot(keys[i]).touch(rows[i - from]);
            }
        }
        touched = sum;
    }

    SlotTable slot(long key) {
        return slots[ParameterKey.slot(key)];
    }

    /** A table of this one's rows with those of {@code newer} laid over them. */
    RowTable with(RowTable newer) {
        SlotTable[] merged = new SlotTable[slots.length];
        for (int slot = 0; slot < slots.length; slot++) {
            SlotTable both = new SlotTable(slots[slot]);
            both.putAll(newer.slots[slot]);
            merged[slot] = both.withoutDeleted();
        }
        return new RowTable(layout, merged);
    }
}
