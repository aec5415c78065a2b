package io.millrace.model.score;

import io.millrace.model.learn.WeightLookup;
import io.millrace.model.parameter.ParameterLayout;

/**
 * All weights of one version, immutable: embedding rows in a large base table and a small overlay
 * of what has changed since, and the dense vector. The next version shares the base and has another
 * overlay, so that a delta costs about its own size.
 */
final class ServingTable implements WeightLookup {

    /** An overlay of fewer rows is never folded into the base. */
    private static final long SMALL_OVERLAY = 1024;

    private final ParameterLayout layout;
    private final RowTable base;
    private final RowTable overlay;
    private final float[] dense;
    private final AbsentRows absent;

    ServingTable(ParameterLayout layout, RowTable base, RowTable overlay, float[] dense) {
        this.layout = layout;
        this.base = base;
        this.overlay = overlay;
        this.dense = dense;
        absent = new AbsentRows(layout, base, overlay);
    }

    /**
     * Copies the weights of a row; for a value without one those of its feature's row for unseen or
     * rare values, where there is one, else its initial ones.
     */
    @Override
    public void write(long key, float[] out, int at) {
        SlotTable slot = overlay.slot(key);
        int row = slot.find(key);
        if (row == SlotTable.ABSENT) {
            slot = base.slot(key);
            row = slot.find(key);
        }
        if (row >= 0) {
            slot.read(row, out, at);
        } else if (row == SlotTable.RARE) {
            absent.writeRare(key, out, at);
        } else {
            absent.writeUnseen(key, out, at);
        }
    }

    @Override
    public void writeAll(long[] keys, int[] at, int count, float[] out) {
        int left = overlay.size() == 0 ? count : overlay.writeKnown(keys, at, count, absent, out);
        left = base.writeKnown(keys, at, left, absent, out);
        for (int i = 0; i < left; i++) {
            absent.writeUnseen(keys[i], out, at[i]);
        }
    }

    /**
     * This table while its overlay is small, else one of the same weights, all of them in its base.
     * It costs about what the whole table is.
     */
    ServingTable folded() {
        if (overlay.size() <= Math.max(SMALL_OVERLAY, base.size() / 2)) {
            return this;
        }
        return new ServingTable(layout, base.with(overlay), RowTable.empty(layout), dense);
    }

    ParameterLayout layout() {
        return layout;
    }

    RowTable base() {
        return base;
    }

    RowTable overlay() {
        return overlay;
    }

    /** The whole dense vector, without padding. */
    float[] dense() {
        return dense;
    }
}
