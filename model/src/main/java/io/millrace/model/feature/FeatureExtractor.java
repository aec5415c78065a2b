package io.millrace.model.feature;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.stream.StreamSpec;
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
 *
 * <p>Derived fields are those that the model's stream features and profiles provide. Events never
 * have them: where examples begin they miss, and {@link #complete} fills them in.
 *
 * <p>For one thread.
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
                Field field = Field.of(one, spec.stream());
                denseFeatures.add(new Dense(field, DenseInput.of(one, field.isDerived())));
            }
        }
        sparse = new Sparse[sparseFeatures.size()];
        List<SparseInput.Cross> crossed = new ArrayList<>();
        for (int i = 0; i < sparse.length; i++) {
            SparseInput input = SparseInput.of(sparseFeatures, i + 1);
            sparse[i] = new Sparse(Field.of(sparseFeatures.get(i), spec.stream()), input);
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
     * @param overriding values that win over {@code features}, even when null; those of derived
     *     fields come from here alone
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
        return extract(
                new Event(user, features, overriding, timestamp), item, overriding, Map.of(), null);
    }

    /**
     * An example whose derived fields were missing, with these: the same that {@link #extract}
     * makes of the event with them as overriding values.
     *
     * @param derived values of stream features and profile fields; those that are left out miss,
     *     and so do those that do not fit their feature
     */
    public Example complete(Example partial, Map<String, Object> derived) {
        keys.clear();
        int[] ends = new int[sparse.length];
        int from = 0;
        for (int i = 0; i < sparse.length; i++) {
            int to = partial.ends()[i];
            if (sparse[i].field.isDerived()) {
                appendDerived(i, derived.get(sparse[i].field.name));
            } else {
                keys.addElements(keys.size(), partial.keys(), from, to - from);
            }
            ends[i] = keys.size();
            from = to;
        }
        for (SparseInput.Cross cross : crosses) {
            cross.resolve(keys, ends);
        }
        float[] numeric = partial.numeric().clone();
        int at = 0;
        for (int i = 0; i < dense.length; i++) {
            if (dense[i].field.isDerived()) {
                writeDerived(i, derived.get(dense[i].field.name), numeric, at);
            }
            at += dense[i].input.width();
        }
        return new Example(
                keys.toLongArray(),
                ends,
                numeric,
                partial.label(),
                partial.weight(),
                partial.eventTime());
    }

    /**
     * Refuses values of derived fields that do not fit their features, as a profile may have them.
     *
     * @param derived by field; those that are left out fit
     * @throws InvalidEventException naming the feature, what was found and what is expected
     */
    public void requireFit(Map<String, Object> derived) throws InvalidEventException {
        keys.clear();
        for (Sparse one : sparse) {
            if (one.field.isDerived()) {
                one.input.append(derived.get(one.field.name), keys);
            }
        }
        for (Dense one : dense) {
            if (one.field.isDerived()) {
                one.input.write(derived.get(one.field.name), new float[one.input.width()], 0);
            }
        }
    }

    /**
     * Several items for one user, whose common values are read once: the first item that does not
     * override one has it read, and refused if it does not fit.
     *
     * @param features values by field, as for {@link #extract}, that all items share
     * @param timestamp the time that time features see, milliseconds since the epoch
     */
    public Request request(String user, Map<String, Object> features, long timestamp) {
        return request(user, features, Map.of(), timestamp);
    }

    /**
     * The same with values of derived fields that items share.
     *
     * @param derived as for {@link #complete}
     */
    public Request request(
            String user,
            Map<String, Object> features,
            Map<String, Object> derived,
            long timestamp) {
        return new Request(new Event(user, features, derived, timestamp));
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
            return extract(item, overriding, Map.of());
        }

        /**
         * The same with the candidate's own values of derived fields.
         *
         * @param derived values that win over the request's, even when null
         */
        public Example extract(
                @Nullable String item, Map<String, Object> overriding, Map<String, Object> derived)
                throws InvalidEventException {
            return FeatureExtractor.this.extract(event, item, overriding, derived, read);
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
            Map<String, Object> derived,
            @Nullable CommonValues read)
            throws InvalidEventException {
        keys.clear();
        int[] ends = new int[sparse.length];
        for (int i = 0; i < sparse.length; i++) {
            Object own = sparse[i].field.own(item, overriding, derived);
            if (own == COMMON) {
                appendCommon(i, event, read);
            } else {
                append(i, own);
            }
            ends[i] = keys.size();
        }
        for (SparseInput.Cross cross : crosses) {
            cross.resolve(keys, ends);
        }
        float[] numeric = new float[numericWidth];
        int at = 0;
        for (int i = 0; i < dense.length; i++) {
            Object own = dense[i].field.own(item, overriding, derived);
            if (own == COMMON) {
                writeCommon(i, event, read, numeric, at);
            } else {
                write(i, own, numeric, at);
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
        append(i, event.common(sparse[i].field));
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
        write(i, event.common(dense[i].field), numeric, at);
        if (read != null) {
            read.numbers[i] = Arrays.copyOfRange(numeric, at, at + width);
        }
    }

    private void append(int i, @Nullable Object value) throws InvalidEventException {
        if (sparse[i].field.isDerived()) {
            appendDerived(i, value);
        } else {
            sparse[i].input.append(value, keys);
        }
    }

    private void write(int i, @Nullable Object value, float[] numeric, int at)
            throws InvalidEventException {
        if (dense[i].field.isDerived()) {
            writeDerived(i, value, numeric, at);
        } else {
            dense[i].input.write(value, numeric, at);
        }
    }

    /** No event can be blamed for a derived value, so one that does not fit misses. */
    private void appendDerived(int i, @Nullable Object value) {
        int from = keys.size();
        try {
            sparse[i].input.append(value, keys);
        } catch (InvalidEventException misfit) {
            keys.size(from);
            keys.add(ParameterKey.ofMissing(i + 1));
        }
    }

    private void writeDerived(int i, @Nullable Object value, float[] numeric, int at) {
        try {
            dense[i].input.write(value, numeric, at);
        } catch (InvalidEventException misfit) {
            dense[i].input.writeMissing(numeric, at);
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
        /** A stream feature, or a field of a profile. */
        DERIVED,
        /** No field: made of other features. */
        NONE
    }

    private record Field(String name, Origin origin) {
        static Field of(FeatureSpec feature, StreamSpec stream) {
            return feature instanceof FeatureSpec.OfField one
                    ? new Field(one.field(), origin(one.field(), stream))
                    : new Field(feature.name(), Origin.NONE);
        }

        private static Origin origin(String field, StreamSpec stream) {
            if (stream.provides(field)) {
                return Origin.DERIVED;
            }
            return switch (field) {
                case "user" -> Origin.USER;
                case "item" -> Origin.ITEM;
                case "timestamp" -> Origin.TIMESTAMP;
                default -> Origin.FEATURES;
            };
        }

        boolean isDerived() {
            return origin == Origin.DERIVED;
        }

        /** What the item says of this field, or {@link #COMMON} when it says nothing. */
        @Nullable Object own(
                @Nullable String item,
                Map<String, Object> overriding,
                Map<String, Object> derived) {
            return switch (origin) {
                case USER, TIMESTAMP -> COMMON;
                case ITEM -> item;
                case NONE -> null;
                case FEATURES -> overriding.getOrDefault(name, COMMON);
                case DERIVED -> derived.getOrDefault(name, COMMON);
            };
        }
    }

    /** What all items of an event share. */
    private record Event(
            String user,
            Map<String, Object> features,
            Map<String, Object> derived,
            long timestamp) {

        @Nullable Object common(Field field) {
            return switch (field.origin) {
                case USER -> user;
                case TIMESTAMP -> timestamp;
                case ITEM, FEATURES -> features.get(field.name);
                case DERIVED -> derived.get(field.name);
                case NONE -> null;
            };
        }
    }
}
