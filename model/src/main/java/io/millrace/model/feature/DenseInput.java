package io.millrace.model.feature;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The way from one dense feature's value to its numbers. */
sealed interface DenseInput {

    /** How many numbers {@link #write} writes. */
    int width();

    /** Writes finite numbers from {@code at}; zeros for a missing value. */
    void write(@Nullable Object value, float[] numeric, int at) throws InvalidEventException;

    static DenseInput of(FeatureSpec.Dense spec) {
        if (spec instanceof FeatureSpec.Numeric numeric) {
            return new Scaled(numeric);
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
    record Scaled(FeatureSpec.Numeric spec) implements DenseInput {

        /** Larger inputs overflow when layers multiply them, and one such event ends a model. */
        private static final int LARGEST = 1_000_000;

        @Override
        public int width() {
            return spec.width();
        }

        @Override
        public void write(@Nullable Object value, float[] numeric, int at)
                throws InvalidEventException {
            if (value == null) {
                numeric[at] = 0;
                return;
            }
            float scaled = (float) scale(FeatureValues.number(spec.name(), value));
            if (!(Math.abs(scaled) <= LARGEST)) {
                throw FeatureValues.unexpected(
                        spec.name(),
                        value,
                        "a number of at most " + LARGEST + " after its clip, log and standardize");
            }
            numeric[at] = scaled;
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
                numeric[at] = 0;
                numeric[at + 1] = 0;
                return;
            }
            long time = FeatureValues.time(name, value);
            double angle = 2 * Math.PI * Math.floorMod(time, period) / period;
            numeric[at] = (float) Math.sin(angle);
            numeric[at + 1] = (float) Math.cos(angle);
        }
    }
}
