package io.millrace.model.evaluate;

import io.millrace.model.loss.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Outcomes of made-up predictors, for tests: one example a minute of some users. */
final class Recorded {

    static final long MINUTE = 60_000;
    static final Objective CLICKS = new Objective.Click();
    static final Objective RATINGS = new Objective.Rating(1, 5);

    private final Objective objective;
    private final double[] truth;
    private final List<Series> series = new ArrayList<>();
    private final List<float[]> predictions = new ArrayList<>();
    private final List<SliceColumn> slices = new ArrayList<>();
    final long[] times;
    final long[] users;
    final float[] labels;
    final float[] weights;

    private Recorded(Objective objective, Random random, int examples) {
        this.objective = objective;
        truth = new double[examples];
        times = new long[examples];
        users = new long[examples];
        labels = new float[examples];
        weights = new float[examples];
        for (int i = 0; i < examples; i++) {
            truth[i] = random.nextGaussian();
            times[i] = i * MINUTE;
            users[i] = random.nextInt(7);
            labels[i] = label(random, truth[i]);
            weights[i] = 0.5f + random.nextFloat();
        }
    }

    static Recorded clicks(Random random, int examples) {
        return new Recorded(CLICKS, random, examples);
    }

    static Recorded ratings(Random random, int examples) {
        return new Recorded(RATINGS, random, examples);
    }

    private float label(Random random, double truth) {
        return objective instanceof Objective.Click
                ? random.nextDouble() < sigmoid(truth) ? 1 : 0
                : Math.round(3 + truth + 0.3 * random.nextGaussian());
    }

    /** A series that knows the truth up to some noise; its predictions, to be changed. */
    float[] predict(String pipeline, String sync, Random random, double noise) {
        float[] made = new float[truth.length];
        for (int i = 0; i < made.length; i++) {
            double seen = truth[i] + noise * random.nextGaussian();
            made[i] = (float) (objective instanceof Objective.Click ? sigmoid(seen) : 3 + seen);
        }
        return add(pipeline, sync, made);
    }

    float[] add(String pipeline, String sync, float[] made) {
        series.add(new Series(pipeline, sync));
        predictions.add(made);
        return made;
    }

    void slice(String name, boolean bySeen, List<String> values) {
        slices.add(SliceColumns.of(name, bySeen, values));
    }

    Outcomes outcomes() {
        return new Outcomes(
                objective,
                List.copyOf(series),
                times,
                users,
                labels,
                weights,
                predictions.toArray(float[][]::new),
                List.copyOf(slices));
    }

    static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    static float[] constant(int size, float value) {
        float[] values = new float[size];
        Arrays.fill(values, value);
        return values;
    }
}
