package io.millrace.model.fit;

import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.RowCopies;
import io.millrace.model.parameter.Standing;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/** All weights as they were at one moment of the training. Used by one thread. */
final class FittedWeights {

    private static final int ABSENT = -1;

    private final ParameterLayout layout;
    private final RowCopies rows;
    private final Long2IntOpenHashMap rowOfKey = new Long2IntOpenHashMap();
    private final RowBuffer row = new RowBuffer();

    private FittedWeights(ParameterLayout layout, RowCopies rows) {
        this.layout = layout;
        this.rows = rows;
        rowOfKey.defaultReturnValue(ABSENT);
        for (int i = 0; i < rows.size(); i++) {
            rowOfKey.put(rows.key(i), i);
        }
    }

    /**
     * Copies them.
     *
     * @param table one that holds all of its rows in memory, of which no cut was ever completed
     * @param moment later than that of the copy before
     */
    static FittedWeights copy(ParameterLayout layout, ParameterTable table, long moment) {
        RowCopies rows = new RowCopies();
        if (table.cut(moment, rows).length > 0) {
            throw new IllegalStateException("the table does not hold all of its rows in memory");
        }
        return new FittedWeights(layout, rows);
    }

    /** The weights of these keys one after another; of values not learned from, initial ones. */
    float[] of(long[] keys, int count) {
        float[] weights = new float[count];
        int at = 0;
        for (long key : keys) {
            int width = layout.width(key);
            int found = rowOfKey.get(key);
            if (found != ABSENT) {
                rows.show(found, row);
            }
            if (found == ABSENT || row.candidate) {
                layout.initialize(key, weights, at);
            } else {
                System.arraycopy(row.values, row.at, weights, at, width);
            }
            at += width;
        }
        return weights;
    }

    /**
     * Which row stands for each of these keys, as a table answers it; empty if each has its own.
     */
    byte[] standings(long[] keys) {
        if (!layout.countsValues()) {
            return new byte[0];
        }
        byte[] standings = new byte[keys.length];
        for (int i = 0; i < keys.length; i++) {
            int found = rowOfKey.get(keys[i]);
            if (found != ABSENT) {
                rows.show(found, row);
            }
            standings[i] = Standing.of(layout, keys[i], found == ABSENT ? null : row);
        }
        return standings;
    }

    /**
     * Number of weights: those of the network, and those of all other rows that are more than a
     * count: of values, missing, unseen and rare ones included, and of moments.
     */
    long count() {
        long count = layout.dense().size();
        for (int i = 0; i < rows.size(); i++) {
            long key = rows.key(i);
            rows.show(i, row);
            boolean isOther = ParameterKey.slot(key) == ParameterKey.DENSE_SLOT || row.candidate;
            count += isOther ? 0 : layout.width(key);
        }
        return count;
    }
}
