package io.millrace.model.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Examples with predictions, for tests. */
record Scored(double label, double prediction, double weight) {

    /** Clicks drawn from the logits mean + deviation N(0, 1), predicted with some noise. */
    static List<Scored> clicks(Random random, int count, double mean, double deviation) {
        List<Scored> clicks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double logit = mean + deviation * random.nextGaussian();
            double label = random.nextDouble() < sigmoid(logit) ? 1 : 0;
            double prediction = sigmoid(logit + deviation / 2 * random.nextGaussian());
            clicks.add(new Scored(label, prediction, 0.5 + random.nextDouble()));
        }
        return clicks;
    }

    /** Ratings from 1 to 5 and predictions about one off. */
    static List<Scored> ratings(Random random, int count) {
        List<Scored> ratings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double label = 1 + random.nextInt(5);
            ratings.add(
                    new Scored(label, label + random.nextGaussian(), 0.5 + random.nextDouble()));
        }
        return ratings;
    }

    void addTo(Metric metric) {
        metric.add(label, prediction, weight);
    }

    void addTo(MetricSet set) {
        set.add(label, prediction, weight);
    }

    static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }
}
