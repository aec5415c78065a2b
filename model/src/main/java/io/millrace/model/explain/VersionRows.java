package io.millrace.model.explain;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.learn.WeightLookup;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.version.DamagedVersionException;
import io.millrace.model.version.DenseVector;
import io.millrace.model.version.RowFileReader;
import io.millrace.model.version.RowMerge;
import io.millrace.model.version.VersionChain;
import io.millrace.model.version.VersionStorage;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrays;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The rows of a version, read from its files as often as they are asked for: what stays in memory
 * does not grow with the version.
 */
final class VersionRows {

    private final VersionStorage storage;
    private final VersionChain chain;
    private final ParameterLayout layout;
    private final ModelSpec spec;

    VersionRows(VersionStorage storage, VersionChain chain) throws IOException {
        this.storage = storage;
        this.chain = chain;
        spec = chain.manifest().modelSpec();
        layout = new ParameterLayout(spec);
    }

    ModelSpec spec() {
        return spec;
    }

    /** The network's tensors. */
    Weights weights() throws IOException {
        DenseVector dense = new DenseVector(layout);
        forEach(
                row -> {
                    if (isDense(row)) {
                        dense.apply(row);
                    }
                });
        return new Weights(layout.dense(), dense.values());
    }

    /**
     * The rows of all values in these examples, and of the moments of numbers; initial ones for
     * those without a row.
     */
    WeightLookup rowsOf(List<Example> examples) throws IOException {
        LongSet keys = new LongOpenHashSet();
        examples.forEach(example -> keys.addAll(LongOpenHashSet.of(example.keys())));
        Long2ObjectOpenHashMap<float[]> rows = new Long2ObjectOpenHashMap<>();
        forEach(
                row -> {
                    if (!isDense(row) && (keys.contains(row.key()) || !isValue(row))) {
                        row.requireFinite();
                        rows.put(row.key(), Arrays.copyOf(row.weights(), row.width()));
                    }
                });
        return (key, weights, at) -> {
            float[] row = rows.get(key);
            if (row == null) {
                layout.initialize(key, weights, at);
            } else {
                System.arraycopy(row, 0, weights, at, row.length);
            }
        };
    }

    /** Shows all rows of sparse features to a visitor. */
    void forEachValue(ValueVisitor visitor) throws IOException {
        forEach(
                row -> {
                    if (isValue(row)) {
                        row.requireFinite();
                        visitor.visit(ParameterKey.slot(row.key()) - 1, row.weights());
                    }
                });
    }

    /**
     * Draws examples of one value a sparse feature: for each feature by itself, with chances
     * proportional to the examples that the values' rows were learned from. Numbers are 0. The same
     * seed draws the same.
     */
    List<Example> draw(int count, long seed) throws IOException {
        int slots = 1 + layout.sparse();
        long[] totals = new long[slots];
        forEach(
                row -> {
                    if (isValue(row)) {
                        totals[ParameterKey.slot(row.key())] += chances(row);
                    }
                });
        Random random = new Random(seed);
        long[][] points = new long[slots][];
        long[][] drawn = new long[slots][count];
        for (int slot = 1; slot < points.length; slot++) {
            long total = totals[slot];
            points[slot] = total == 0 ? new long[0] : random.longs(count, 0, total).toArray();
            Arrays.sort(points[slot]);
            Arrays.fill(drawn[slot], ParameterKey.ofMissing(slot));
        }
        pick(points, drawn);
        for (long[] keys : drawn) {
            LongArrays.shuffle(keys, random);
        }
        return examples(drawn, count);
    }

    /** Puts into {@code drawn} the keys of the rows at the points, which ascend. */
    private void pick(long[][] points, long[][] drawn) throws IOException {
        long[] passed = new long[points.length];
        int[] next = new int[points.length];
        forEach(
                row -> {
                    int slot = ParameterKey.slot(row.key());
                    if (!isValue(row)) {
                        return;
                    }
                    passed[slot] += chances(row);
                    while (next[slot] < points[slot].length
                            && points[slot][next[slot]] < passed[slot]) {
                        drawn[slot][next[slot]++] = row.key();
                    }
                });
    }

    private List<Example> examples(long[][] drawn, int count) {
        int features = drawn.length - 1;
        int[] ends = new int[features];
        Arrays.setAll(ends, f -> f + 1);
        float[] numeric = new float[spec.inputShape().numeric()];
        for (int column : layout.runningColumns()) {
            // Missing, which is 0 once it is standardized.
            numeric[column] = Float.NaN;
        }
        List<Example> examples = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long[] keys = new long[features];
            for (int f = 0; f < features; f++) {
                keys[f] = drawn[f + 1][i];
            }
            examples.add(new Example(keys, ends, numeric, 0, 1, 0));
        }
        return examples;
    }

    /** A row that nothing was learned of, if there is one, still is one. */
    private static long chances(RowFileReader row) {
        return Math.max(1, row.examples());
    }

    private static boolean isDense(RowFileReader row) {
        return ParameterKey.slot(row.key()) == ParameterKey.DENSE_SLOT;
    }

    /** Or of values that share it. */
    private boolean isValue(RowFileReader row) {
        int slot = ParameterKey.slot(row.key());
        return !isDense(row) && !layout.isMoments(slot);
    }

    private void forEach(RowVisitor visitor) throws IOException {
        try (RowMerge merge = new RowMerge(storage, chain)) {
            for (RowFileReader row = merge.next(); row != null; row = merge.next()) {
                if (!row.tombstone() && !row.candidate()) {
                    requireFit(row);
                    visitor.visit(row);
                }
            }
        }
    }

    private void requireFit(RowFileReader row) throws DamagedVersionException {
        int slot = ParameterKey.slot(row.key());
        if (slot >= layout.slots() || row.width() != layout.slot(slot).width()) {
            throw new DamagedVersionException(
                    row.file(),
                    "row "
                            + Long.toHexString(row.key())
                            + " of slot "
                            + slot
                            + " has "
                            + row.width()
                            + " weights, which is not as the model has it");
        }
    }

    /** Sees the rows of values. */
    @FunctionalInterface
    interface ValueVisitor {

        /**
         * @param feature index of the sparse feature
         * @param weights of the row, from 0; valid during the call
         */
        void visit(int feature, float[] weights);
    }

    @FunctionalInterface
    private interface RowVisitor {
        /** Sees a row that is valid during the call. */
        void visit(RowFileReader row) throws IOException;
    }
}
