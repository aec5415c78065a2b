package io.millrace.model.feature;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The way from one dense feature's value to its numbers. */
sealed interface DenseInput {

    /** How many numbers {@link #write} writes. */
    int width();

    /** Writes finite numbers from {@code at}; what a missing value has if it is null. */
    void write(@Nullable Object value, float[] numeric, int at) throws InvalidEventException;

    /**
     * Writes zeros from {@code at}, or NaN where running moments standardize the number, which
     * happens later.
     */
    void writeMissing(float[] numeric, int at);

    /**
     * @param clamped whether a number that is too large is cut rather than refused
     */
    static DenseInput of(FeatureSpec.Dense spec, boolean clamped) {
        if (spec instanceof FeatureSpec.Numeric numeric) {
            return new Scaled(numeric, clamped);
        }
        if (spec instanceof FeatureSpec.Cyclic cyclic) {
            return new Phase(cyclic.name(), milliseconds(cyclic.period()));
        }
        throw new IllegalArgumentException("unknown feature " + spec);
    }

    private static long milliseconds(FeatureSpec.Period period) {
        return switch (period) {
            case HOUR -> Duration.ofHours(1).toMillis();
            case DAY -> Duration.ofDays(1).toMillis();
            case WEEK -> Duration.ofDays(7).toMillis();
        };
    }

    /** A number after log, clip and standardisation. */
    record Scaled(FeatureSpec.Numeric spec, boolean clamped) implements DenseInput {

        /** Larger inputs overflow when layers multiply them, and one such event ends a model. */
        private static final int LARGEST = 1_000_000;

        /** Squares of these are still far from the largest number; they are standardized yet. */
        private static final long LARGEST_RUNNING = 1_000_000_000_000_000L;

        @Override
        public int width() {
            return spec.width();
        }

        @Override
        public void write(@Nullable Object value, float[] numeric, int at)
                throws InvalidEventException {
            if (value == null) {
                writeMissing(numeric, at);
                return;
            }
            long largest = spec.running() ? LARGEST_RUNNING : LARGEST;
            float scaled = (float) scale(FeatureValues.number(spec.name(), value));
            if (clamped) {
                scaled = Math.min(Math.max(scaled, -largest), largest);
            } else if (!(Math.abs(scaled) <= largest)) {
                throw FeatureValues.unexpected(
                        spec.name(),
                        value,
                        "a number of at most " + largest + " after its clip, log and standardize");
            }
            numeric[at] = scaled;
        }

        @Override
        public void writeMissing(float[] numeric, int at) {
            numeric[at] = spec.running() ? Float.NaN : 0;
        }

        private double scale(double value) {
            double x = spec.log() ? Math.signum(value) * Math.log1p(Math.abs(value)) : value;
            double clipped = Math.min(Math.max(x, spec.min()), spec.max());
            return (clipped - spec.mean()) / spec.deviation();
        }
    }

    /** Sine and cosine of a time's phase in its period, which begins with 1970-01-01 00:00 UTC. */
    record Phase(String name, long period) implements DenseInput {

        @Override
        public int width() {
            return 2;
        }

        @Override
        public void write(@Nullable Object value, float[] numeric, int at)
                throws InvalidEventException {
            if (value == null) {
                writeMissing(numeric, at);
                return;
            }
            long time = FeatureValues.time(name, value);
            double angle = 2 * Math.PI * Math.floorMod(time, period) / period;
            numeric[at] = (float) Math.sin(angle);
            numeric[at + 1] = (float) Math.cos(angle);
        }

        @Override
        public void writeMissing(float[] numeric, int at) {
            numeric[at] = 0;
            numeric[at + 1] = 0;
        }
    }
}
