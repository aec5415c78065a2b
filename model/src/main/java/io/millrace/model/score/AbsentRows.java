package io.millrace.model.score;

import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import org.jspecify.annotations.Nullable;

/**
 * The weights of values that have no row of their own in a version: those of the feature's rows for
 * unseen and rare values where it admits values by their count, else initial ones. Immutable.
 */
final class AbsentRows {

    private final ParameterLayout layout;

    /** By slot; null where the vocabulary is open. */
    private final float[] @Nullable [] unseen;

    private final float[] @Nullable [] rare;

    /**
     * @param base the version's rows, under those of {@code overlay}
     */
    AbsentRows(ParameterLayout layout, RowTable base, RowTable overlay) {
        this.layout = layout;
        unseen = new float[layout.slots()][];
        rare = new float[layout.slots()][];
        for (int slot = 1; slot <= layout.sparse(); slot++) {
            if (layout.slot(slot).vocabulary().minCount() > 0) {
                unseen[slot] = row(ParameterKey.ofUnseen(slot), base, overlay);
                rare[slot] = row(ParameterKey.ofRare(slot), base, overlay);
            }
        }
    }

    /** Writes the weights of a key that the version does not have. */
    void writeUnseen(long key, float[] out, int at) {
        write(unseen[ParameterKey.slot(key)], key, out, at);
    }

    /** Writes the weights of a key that the version only counts. */
    void writeRare(long key, float[] out, int at) {
        write(rare[ParameterKey.slot(key)], key, out, at);
    }

    private void write(float @Nullable [] shared, long key, float[] out, int at) {
        if (shared == null || !ParameterKey.isValue(key)) {
            layout.initialize(key, out, at);
        } else {
            System.arraycopy(shared, 0, out, at, shared.length);
        }
    }

    private float[] row(long key, RowTable base, RowTable overlay) {
        float[] weights = new float[layout.width(key)];
        SlotTable slot = overlay.slot(key);
        int row = slot.find(key);
        if (row == SlotTable.ABSENT) {
            slot = base.slot(key);
            row = slot.find(key);
        }
        if (row >= 0) {
            slot.read(row, weights, 0);
        } else {
            layout.initialize(key, weights, 0);
        }
        return weights;
    }
}
