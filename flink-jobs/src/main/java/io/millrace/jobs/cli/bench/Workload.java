package io.millrace.jobs.cli.bench;

import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import it.unimi.dsi.fastutil.HashCommon;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The events that a benchmark learns from, each a function of seed and number: {@value
 * #CATEGORICAL} categorical features of dimension {@value #DIMENSION} and {@value #NUMERIC}
 * numbers, as in the Criteo logs. The features have equally many distinct values; which one an
 * event has is drawn by Zipf's law.
 *
 * <p>The first {@link #fillers} events go through all values, so that after them all rows exist.
 */
public final class Workload implements Serializable {

    private static final long serialVersionUID = 1L;

    /** One for each feature. */
    public static final long FEWEST_VALUES = 26;

    public static final long MOST_VALUES = 100_000_000;

    static final int CATEGORICAL = 26;
    static final int NUMERIC = 13;
    static final int DIMENSION = 16;

    /** One of four impressions is clicked. */
    private static final int CLICKED_OF_256 = 64;

    private static final long EVENTS_A_MILLISECOND = 50;
    private static final long BEGIN = Instant.parse("2025-01-01T00:00:00Z").toEpochMilli();
    private static final String[] CATEGORICAL_NAMES = names("c", CATEGORICAL);
    private static final String[] NUMERIC_NAMES = names("n", NUMERIC);

    private final long seed;
    private final double skew;
    private final int valuesOfFeature;
    private final boolean filled;
    private transient @Nullable Zipf zipf;

    /**
     * @param distinctValues of all features together
     * @param skew exponent of Zipf's law
     * @param filled whether the first events go through all values
     */
    public Workload(long distinctValues, double skew, boolean filled, long seed) {
        valuesOfFeature = Math.toIntExact((distinctValues + CATEGORICAL - 1) / CATEGORICAL);
        this.skew = skew;
        this.filled = filled;
        this.seed = seed;
    }

    /** The features of a model for these events. */
    static List<FeatureSpec> features() {
        List<FeatureSpec> features = new ArrayList<>();
        for (String name : CATEGORICAL_NAMES) {
            features.add(new FeatureSpec.Categorical(name, name, DIMENSION));
        }
        for (String name : NUMERIC_NAMES) {
            features.add(new FeatureSpec.Numeric(name, name, false, 0, 1, 0, 1));
        }
        return features;
    }

    /** Number of distinct values. */
    long rows() {
        return (long) valuesOfFeature * CATEGORICAL;
    }

    double skew() {
        return skew;
    }

    /** Number of events after which every value has occurred, 0 if nothing sees to that. */
    long fillers() {
        return filled ? valuesOfFeature : 0;
    }

    /** Event {@code number} as an example, as if it had been extracted. */
    Example example(long number) {
        SplittableRandom random = random(number);
        long[] keys = new long[CATEGORICAL];
        int[] ends = new int[CATEGORICAL];
        for (int feature = 0; feature < CATEGORICAL; feature++) {
            int value = value(number, random);
            keys[feature] = ParameterKey.ofValue(feature + 1, HashCommon.murmurHash3(value + 1L));
            ends[feature] = feature + 1;
        }
        float[] numbers = new float[NUMERIC];
        for (int i = 0; i < NUMERIC; i++) {
            numbers[i] = (float) random.nextDouble();
        }
        return new Example(keys, ends, numbers, isClicked(number) ? 1 : 0, 1, timestamp(number));
    }

    /** Event {@code number} as an impression. */
    Impression impression(long number) {
        return new Impression(impressionId(number), timestamp(number), "u", "i", fields(number));
    }

    /** Event {@code number} with its label, as a rating. */
    Rating rating(long number) {
        return new Rating(
                timestamp(number), "u", "i", isClicked(number) ? 1.0 : 0.0, fields(number));
    }

    boolean isClicked(long number) {
        return (HashCommon.murmurHash3(seed + number) & 0xff) < CLICKED_OF_256;
    }

    /** The click on impression {@code number}. */
    Click click(long number) {
        return new Click(impressionId(number), timestamp(number));
    }

    static String impressionId(long number) {
        return Long.toHexString(number);
    }

    private Map<String, Object> fields(long number) {
        SplittableRandom random = random(number);
        Map<String, Object> fields = new HashMap<>(2 * (CATEGORICAL + NUMERIC));
        for (String name : CATEGORICAL_NAMES) {
            fields.put(name, text(value(number, random)));
        }
        for (String name : NUMERIC_NAMES) {
            fields.put(name, random.nextDouble());
        }
        return fields;
    }

    private SplittableRandom random(long number) {
        return new SplittableRandom(HashCommon.murmurHash3(seed ^ HashCommon.mix(number)));
    }

    private int value(long number, SplittableRandom random) {
        return number < fillers() ? (int) number : zipf().draw(random);
    }

    /** Made where it is used, since it is far larger than the few numbers it is made of. */
    private Zipf zipf() {
        Zipf made = zipf;
        if (made == null) {
            made = new Zipf(valuesOfFeature, skew);
            zipf = made;
        }
        return made;
    }

    /** Eight hexadecimal digits, as Criteo's. */
    private static String text(int value) {
        String digits = Integer.toHexString(HashCommon.mix(value));
        return "00000000".substring(digits.length()) + digits;
    }

    private static long timestamp(long number) {
        return BEGIN + number / EVENTS_A_MILLISECOND;
    }

    private static String[] names(String prefix, int count) {
        String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = prefix + i;
        }
        return names;
    }
}
