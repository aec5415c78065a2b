package io.millrace.model.feature;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
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

    /** Stands for a value that the candidates of a request share. */
    private static final Object COMMON = new Object();

    private final Sparse[] sparse;
    private final Dense[] dense;
    private final int numericWidth;
    private final LongArrayList keys = new LongArrayList();

    public FeatureExtractor(ModelSpec spec) {
        List<Sparse> sparseFeatures = new ArrayList<>();
        List<Dense> denseFeatures = new ArrayList<>();
        for (FeatureSpec feature : spec.features()) {
            if (feature instanceof FeatureSpec.Sparse one) {
                int slot = sparseFeatures.size() + 1;
                sparseFeatures.add(new Sparse(Field.of(one), SparseInput.of(one, slot)));
            } else if (feature instanceof FeatureSpec.Dense one) {
                denseFeatures.add(new Dense(Field.of(one), DenseInput.of(one)));
            }
        }
        sparse = sparseFeatures.toArray(new Sparse[0]);
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
        Event event = new Event(user, item, features, overriding, timestamp);
        keys.clear();
        int[] ends = new int[sparse.length];
        for (int i = 0; i < sparse.length; i++) {
            sparse[i].input.append(event.value(sparse[i].field), keys);
            ends[i] = keys.size();
        }
        float[] numeric = new float[numericWidth];
        int at = 0;
        for (Dense feature : dense) {
            feature.input.write(event.value(feature.field), numeric, at);
            at += feature.input.width();
        }
        return new Example(keys.toLongArray(), ends, numeric, 0, 1, timestamp);
    }

    /**
     * Several items for one user, whose common values are read once: the first item that does not
     * override one has it read.
     */
    public Request request(String user, Map<String, Object> features, long timestamp) {
        return new Request(user, features, timestamp);
    }

    /** What the candidates of one request share. Of its extractor, and used by the same thread. */
    public final class Request {

        private final Event event;
        private final long[][] commonKeys = new long[sparse.length][];
        private final float[][] commonNumbers = new float[dense.length][];

        private Request(String user, Map<String, Object> features, long timestamp) {
            event = new Event(user, null, features, Map.of(), timestamp);
        }

        /** The same as {@link #extract} gives for the request's user, features and time. */
        public Example extract(@Nullable String item, Map<String, Object> overriding)
                throws InvalidEventException {
            keys.clear();
            int[] ends = new int[sparse.length];
            for (int i = 0; i < sparse.length; i++) {
                Object own = own(sparse[i].field, item, overriding);
                if (own == COMMON) {
                    long[] common = commonKeys(i);
                    keys.addElements(keys.size(), common);
                } else {
                    sparse[i].input.append(own, keys);
                }
                ends[i] = keys.size();
            }
            float[] numeric = new float[numericWidth];
            int at = 0;
            for (int i = 0; i < dense.length; i++) {
                Object own = own(dense[i].field, item, overriding);
                if (own == COMMON) {
                    float[] common = commonNumbers(i);
                    System.arraycopy(common, 0, numeric, at, common.length);
                } else {
                    dense[i].input.write(own, numeric, at);
                }
                at += dense[i].input.width();
            }
            return new Example(keys.toLongArray(), ends, numeric, 0, 1, event.timestamp);
        }

        private @Nullable Object own(
                Field field, @Nullable String item, Map<String, Object> overriding) {
            return switch (field.origin) {
                case USER, TIMESTAMP -> COMMON;
                case ITEM -> item;
                case FEATURES -> overriding.getOrDefault(field.name, COMMON);
            };
        }

        private long[] commonKeys(int i) throws InvalidEventException {
            if (commonKeys[i] == null) {
                LongArrayList read = new LongArrayList();
                sparse[i].input.append(event.value(sparse[i].field), read);
                commonKeys[i] = read.toLongArray();
            }
            return commonKeys[i];
        }

        private float[] commonNumbers(int i) throws InvalidEventException {
            if (commonNumbers[i] == null) {
                float[] read = new float[dense[i].input.width()];
                dense[i].input.write(event.value(dense[i].field), read, 0);
                commonNumbers[i] = read;
            }
            return commonNumbers[i];
        }
    }

    private record Sparse(Field field, SparseInput input) {}

    private record Dense(Field field, DenseInput input) {}

    private enum Origin {
        USER,
        ITEM,
        TIMESTAMP,
        FEATURES
    }

    private record Field(String name, Origin origin) {
        static Field of(FeatureSpec feature) {
            return new Field(feature.field(), origin(feature.field()));
        }

        private static Origin origin(String field) {
            return switch (field) {
                case "user" -> Origin.USER;
                case "item" -> Origin.ITEM;
                case "timestamp" -> Origin.TIMESTAMP;
                default -> Origin.FEATURES;
            };
        }
    }

    private record Event(
            String user,
            @Nullable String item,
            Map<String, Object> features,
            Map<String, Object> overriding,
            long timestamp) {

        @Nullable Object value(Field field) {
            return switch (field.origin) {
                case USER -> user;
                case ITEM -> item;
                case TIMESTAMP -> timestamp;
                case FEATURES ->
                        overriding.containsKey(field.name)
                                ? overriding.get(field.name)
                                : features.get(field.name);
            };
        }
    }
}
