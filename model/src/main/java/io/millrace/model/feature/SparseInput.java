package io.millrace.model.feature;

import io.millrace.model.parameter.ParameterKey;
import it.unimi.dsi.fastutil.HashCommon;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.codec.digest.MurmurHash3;
import org.jspecify.annotations.Nullable;

/** The way from one sparse feature's value to its parameter keys. */
sealed interface SparseInput {

    /** Appends at least one key. */
    void append(@Nullable Object value, LongArrayList keys) throws InvalidEventException;

    /**
     * @param sparse all sparse features, in the order of their slots
     * @param slot of the feature asked for, from 1
     */
    static SparseInput of(List<FeatureSpec.Sparse> sparse, int slot) {
        FeatureSpec.Sparse spec = sparse.get(slot - 1);
        if (spec instanceof FeatureSpec.Categorical categorical) {
            return new One(categorical.name(), slot);
        }
        if (spec instanceof FeatureSpec.CategoricalList list) {
            return new Many(list.name(), slot, list.maxLength());
        }
        if (spec instanceof FeatureSpec.Bucketized bucketized) {
            return new Bucket(bucketized, slot);
        }
        if (spec instanceof FeatureSpec.Cross cross) {
            List<String> names = sparse.stream().map(FeatureSpec::name).toList();
            return new Cross(slot, cross.of().stream().mapToInt(names::indexOf).toArray());
        }
        throw new IllegalArgumentException("unknown feature " + spec);
    }

    /** The key of a value's text: the first half of MurmurHash3 x64 128 of its UTF-8, seed 0. */
    static long key(int slot, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ParameterKey.ofValue(slot, MurmurHash3.hash128x64(bytes)[0]);
    }

    /** A single value. */
    record One(String name, int slot) implements SparseInput {
        @Override
        public void append(@Nullable Object value, LongArrayList keys)
                throws InvalidEventException {
            keys.add(
                    value == null
                            ? ParameterKey.ofMissing(slot)
                            : key(slot, FeatureValues.text(name, value)));
        }
    }

    /** The last {@code maxLength} values of a list: by custom the newest. Duplicates are kept. */
    record Many(String name, int slot, int maxLength) implements SparseInput {
        @Override
        public void append(@Nullable Object value, LongArrayList keys)
                throws InvalidEventException {
            List<?> list = value == null ? List.of() : FeatureValues.list(name, value);
            if (list.isEmpty()) {
                keys.add(ParameterKey.ofMissing(slot));
                return;
            }
            for (int i = Math.max(0, list.size() - maxLength); i < list.size(); i++) {
                Object element = list.get(i);
                if (element == null) {
                    throw new InvalidEventException(
                            "feature \""
                                    + name
                                    + "\": expected a list of texts, found a null in it");
                }
                keys.add(key(slot, FeatureValues.text(name, element)));
            }
        }
    }

    /** A combination of other features' values. */
    final class Cross implements SparseInput {

        private final int slot;

        /** Positions of the crossed features among the sparse ones. */
        private final int[] parts;

        Cross(int slot, int[] parts) {
            this.slot = slot;
            this.parts = parts;
        }

        /** Misses, until {@link #resolve} knows better. */
        @Override
        public void append(@Nullable Object value, LongArrayList keys) {
            keys.add(ParameterKey.ofMissing(slot));
        }

        /**
         * Sets the key, once those of the crossed features are there: the slot and a hash of their
         * keys in order, h -> murmur(h xor key) from 0.
         *
         * @param ends for each sparse feature the end of its keys
         */
        void resolve(LongArrayList keys, int[] ends) {
            long hash = 0;
            for (int part : parts) {
                long key = keys.getLong(ends[part] - 1);
                if (ParameterKey.hash(key) == ParameterKey.MISSING_HASH) {
                    return;
                }
                hash = HashCommon.murmurHash3(hash ^ key);
            }
            keys.set(ends[slot - 1] - 1, ParameterKey.ofValue(slot, hash));
        }
    }

    /** A number by the interval that it is in. */
    final class Bucket implements SparseInput {

        private final String name;
        private final int slot;
        private final double[] boundaries;

        /** A key for each interval. */
        private final long[] intervals;

        Bucket(FeatureSpec.Bucketized spec, int slot) {
            name = spec.name();
            this.slot = slot;
            boundaries = spec.boundaries().stream().mapToDouble(Double::doubleValue).toArray();
            intervals = new long[boundaries.length + 1];
            for (int i = 0; i < intervals.length; i++) {
                intervals[i] = key(slot, Integer.toString(i));
            }
        }

        @Override
        public void append(@Nullable Object value, LongArrayList keys)
                throws InvalidEventException {
            keys.add(
                    value == null
                            ? ParameterKey.ofMissing(slot)
                            : intervals[interval(FeatureValues.number(name, value))]);
        }

        /** How many boundaries are at or below the value. */
        private int interval(double value) {
            int low = 0;
            int high = boundaries.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (value >= boundaries[middle]) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }
}
