package io.millrace.model.feature;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way from an event to the model's input, the same for training and scoring.
 *
 * <p>The order of the features decides the slots of sparse ones (from 1) and the positions of dense
 * ones. A value's key is the slot and a hash of its text, so keys are part of the version format.
 * For one thread.
 */
public final class FeatureExtractor {

    /** Stands for a value that the items of an event share. */
    private static final Object COMMON = new Object();

    private final Sparse[] sparse;
    private final SparseInput.Cross[] crosses;
    private final Dense[] dense;
    private final int numericWidth;
    private final LongArrayList keys = new LongArrayList();

    public FeatureExtractor(ModelSpec spec) {
        List<FeatureSpec.Sparse> sparseFeatures = new ArrayList<>();
        List<Dense> denseFeatures = new ArrayList<>();
        for (FeatureSpec feature : spec.features()) {
            if (feature instanceof FeatureSpec.Sparse one) {
                sparseFeatures.add(one);
            } else if (feature instanceof FeatureSpec.Dense one) {
                denseFeatures.add(new Dense(Field.of(one), DenseInput.of(one)));
            }
        }
        sparse = new Sparse[sparseFeatures.size()];
        List<SparseInput.Cross> crossed = new ArrayList<>();
        for (int i = 0; i < sparse.length; i++) {
            SparseInput input = SparseInput.of(sparseFeatures, i + 1);
            sparse[i] = new Sparse(Field.of(sparseFeatures.get(i)), input);
            if (input instanceof SparseInput.Cross cross) {
                crossed.add(cross);
            }
        }
        crosses = crossed.toArray(new SparseInput.Cross[0]);
        dense = denseFeatures.toArray(new Dense[0]);
        numericWidth = spec.inputShape().numeric();
    }

    /**
     * The input for one user and item, with label 0 and weight 1.
     *
     * @param item null when the event has none; then it is a missing value
     * @param features values by field: null, Long, Double, Boolean, CharSequence or a List of texts
     * @param overriding values that win over {@code features}, even when null
     * @param timestamp event time, milliseconds since the epoch
     * @throws InvalidEventException naming the feature, what was found and what is expected
     */
    public Example extract(
            String user,
            @Nullable String item,
            Map<String, Object> features,
            Map<String, Object> overriding,
            long timestamp)
            throws InvalidEventException {
        return extract(new Event(user, features, timestamp), item, overriding, null);
    }

    /**
     * Several items for one user, whose common values are read once: the first item that does not
     * override one has it read, and refused if it does not fit.
     *
     * @param features values by field, as for {@link #extract}, that all items share
     * @param timestamp the time that time features see, milliseconds since the epoch
     */
    public Request request(String user, Map<String, Object> features, long timestamp) {
        return new Request(new Event(user, features, timestamp));
    }

    /** What the candidates of one request share. Of its extractor, and used by the same thread. */
    public final class Request {

        private final Event event;
        private final CommonValues read = new CommonValues(sparse.length, dense.length);

        private Request(Event event) {
            this.event = event;
        }

        /**
         * The same as {@link FeatureExtractor#extract} gives for the request's user, features and
         * time.
         *
         * @param item null when the candidate has none; then it is a missing value
         * @param overriding values that win over the request's features, even when null
         * @throws InvalidEventException naming the feature, what was found and what is expected
         */
        public Example extract(@Nullable String item, Map<String, Object> overriding)
                throws InvalidEventException {
            return FeatureExtractor.this.extract(event, item, overriding, read);
        }
    }

    /**
     * @param read what other items have read of the event's common values, and this one adds to;
     *     null when there are no others
     */
    private Example extract(
            Event event,
            @Nullable String item,
            Map<String, Object> overriding,
            @Nullable CommonValues read)
            throws InvalidEventException {
        keys.clear();
        int[] ends = new int[sparse.length];
        for (int i = 0; i < sparse.length; i++) {
            Object own = sparse[i].field.own(item, overriding);
            if (own == COMMON) {
                appendCommon(i, event, read);
            } else {
                sparse[i].input.append(own, keys);
            }
            ends[i] = keys.size();
        }
        for (SparseInput.Cross cross : crosses) {
            cross.resolve(keys, ends);
        }
        float[] numeric = new float[numericWidth];
        int at = 0;
        for (int i = 0; i < dense.length; i++) {
            Object own = dense[i].field.own(item, overriding);
            if (own == COMMON) {
                writeCommon(i, event, read, numeric, at);
            } else {
                dense[i].input.write(own, numeric, at);
            }
            at += dense[i].input.width();
        }
        return new Example(keys.toLongArray(), ends, numeric, 0, 1, event.timestamp);
    }

    private void appendCommon(int i, Event event, @Nullable CommonValues read)
            throws InvalidEventException {
        if (read != null && read.keys[i] != null) {
            keys.addElements(keys.size(), read.keys[i]);
            return;
        }
        int from = keys.size();
        sparse[i].input.append(event.common(sparse[i].field), keys);
        if (read != null) {
            read.keys[i] = Arrays.copyOfRange(keys.elements(), from, keys.size());
        }
    }

    private void writeCommon(
            int i, Event event, @Nullable CommonValues read, float[] numeric, int at)
            throws InvalidEventException {
        int width = dense[i].input.width();
        if (read != null && read.numbers[i] != null) {
            System.arraycopy(read.numbers[i], 0, numeric, at, width);
            return;
        }
        dense[i].input.write(event.common(dense[i].field), numeric, at);
        if (read != null) {
            read.numbers[i] = Arrays.copyOfRange(numeric, at, at + width);
        }
    }

    /** The keys and numbers of common values by feature, null for those not yet read. */
    private static final class CommonValues {

        final long[][] keys;
        final float[][] numbers;

        CommonValues(int sparse, int dense) {
            keys = new long[sparse][];
            numbers = new float[dense][];
        }
    }

    private record Sparse(Field field, SparseInput input) {}

    private record Dense(Field field, DenseInput input) {}

    private enum Origin {
        USER,
        ITEM,
        TIMESTAMP,
        FEATURES,
        /** No field: made of other features. */
        NONE
    }

    private record Field(String name, Origin origin) {
        static Field of(FeatureSpec feature) {
            return feature instanceof FeatureSpec.OfField one
                    ? new Field(one.field(), origin(one.field()))
                    : new Field(feature.name(), Origin.NONE);
        }

        private static Origin origin(String field) {
            return switch (field) {
                case "user" -> Origin.USER;
                case "item" -> Origin.ITEM;
                case "timestamp" -> Origin.TIMESTAMP;
                default -> Origin.FEATURES;
            };
        }

        /** What the item says of this field, or {@link #COMMON} when it says nothing. */
        @Nullable Object own(@Nullable String item, Map<String, Object> overriding) {
            return switch (origin) {
                case USER, TIMESTAMP -> COMMON;
                case ITEM -> item;
                case NONE -> null;
                case FEATURES -> overriding.getOrDefault(name, COMMON);
            };
        }
    }

    /** What all items of an event share. */
    private record Event(String user, Map<String, Object> features, long timestamp) {

        @Nullable Object common(Field field) {
            return switch (field.origin) {
                case USER -> user;
                case TIMESTAMP -> timestamp;
                case ITEM, FEATURES -> features.get(field.name);
                case NONE -> null;
            };
        }
    }
}
