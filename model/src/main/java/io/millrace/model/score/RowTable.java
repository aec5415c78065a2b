package io.millrace.model.score;

import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.Arrays;

/**
 * Embedding rows by key. Whoever builds one has it alone; once it is part of a {@link ServingTable}
 * nobody changes it.
 */
final class RowTable {

    /** By slot; nothing is kept for the dense slot. */
    private final SlotTable[] slots;

    private RowTable(SlotTable[] slots) {
        this.slots = slots;
    }

    static RowTable empty(ParameterLayout layout) {
        SlotTable[] slots = new SlotTable[layout.slots()];
        Arrays.setAll(slots, slot -> new SlotTable(layout.slot(slot).width()));
        return new RowTable(slots);
    }

    /** A copy that shares nothing. */
    RowTable copy() {
        return new RowTable(Arrays.stream(slots).map(SlotTable::new).toArray(SlotTable[]::new));
    }

    /** Keys in the table, deleted ones included. */
    long size() {
        return Arrays.stream(slots).mapToLong(SlotTable::size).sum();
    }

    /**
     * The row of each key in its slot, as {@link SlotTable#find} gives it. First one cell is read
     * for each key, in a loop without a branch: so the processor waits for many of them at once.
     */
    void findAll(long[] keys, int[] rows) {
        long[] found = new long[keys.length];
        for (int i = 0; i < keys.length; i++) {
            SlotTable slot = slot(keys[i]);
            int home = slot.home(keys[i]);
            found[i] = slot.keyAt(home);
            rows[i] = slot.rowAt(home);
        }
        for (int i = 0; i < keys.length; i++) {
            if (found[i] == 0) {
                rows[i] = SlotTable.ABSENT;
            } else if (found[i] != keys[i]) {
                rows[i] = slot(keys[i]).find(keys[i]);
            }
        }
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
        return new RowTable(merged);
    }
}
