package io.millrace.model.version;

import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.Arrays;

/** A version's dense vector while its blocks are read; blocks that never come stay initial. */
public final class DenseVector {

    private final ParameterLayout layout;
    private final float[] padded;

    /** Starts with the initial weights. */
    public DenseVector(ParameterLayout layout) {
        this.layout = layout;
        padded = new float[Math.multiplyExact(layout.dense().blocks(), DenseLayout.BLOCK)];
        for (int block = 0; block < layout.dense().blocks(); block++) {
            layout.initialize(ParameterKey.ofDenseBlock(block), padded, block * DenseLayout.BLOCK);
        }
    }

    /** Starts with the weights of another version. */
    public DenseVector(ParameterLayout layout, float[] values) {
        this.layout = layout;
        padded = Arrays.copyOf(values, layout.dense().blocks() * DenseLayout.BLOCK);
    }

    /** Takes over the block that the reader stands at, which must be a row of the dense slot. */
    public void apply(RowFileReader row) throws DamagedVersionException {
        long block = ParameterKey.hash(row.key());
        if (block >= layout.dense().blocks()
                || row.tombstone()
                || row.candidate()
                || row.width() != DenseLayout.BLOCK) {
            throw new DamagedVersionException(
                    row.file(),
                    "dense block "
                            + block
                            + (row.tombstone() ? " is deleted" : " has " + row.width() + " weights")
                            + "; the model has "
                            + layout.dense().blocks()
                            + " blocks of "
                            + DenseLayout.BLOCK);
        }
        row.requireFinite();
        int at = (int) block * DenseLayout.BLOCK;
        System.arraycopy(row.weights(), 0, padded, at, DenseLayout.BLOCK);
    }

    /** The vector without padding. */
    public float[] values() {
        return Arrays.copyOf(padded, layout.dense().size());
    }
}
