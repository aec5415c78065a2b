package io.millrace.model.fit;

import io.millrace.model.example.Example;
import io.millrace.model.loss.Objective;
import io.millrace.model.metric.Auc;
import io.millrace.model.metric.LogLoss;
import io.millrace.model.metric.MeanAbsoluteError;
import io.millrace.model.metric.MetricSet;
import io.millrace.model.metric.NormalizedEntropy;
import io.millrace.model.metric.RootMeanSquaredError;
import java.util.Arrays;
import java.util.List;

/**
 * The metric that models are compared by.
 *
 * @param objective of the model
 * @param metric its name
 */
public record Criterion(Objective objective, String metric) {

    private static final List<String> OF_RATINGS =
            List.of(RootMeanSquaredError.NAME, MeanAbsoluteError.NAME);
    private static final List<String> OF_CLICKS =
            List.of(Auc.NAME, LogLoss.NAME, NormalizedEntropy.NAME);

    public Criterion {
        if (!metrics(objective).contains(metric)) {
            throw new IllegalArgumentException(
                    "there is no metric \"%s\" to compare models of %s by; there are %s"
                            .formatted(
                                    metric,
                                    objective instanceof Objective.Click ? "clicks" : "ratings",
                                    metrics(objective)));
        }
    }

    /** The usual one: AUC for clicks, RMSE for ratings. */
    public static Criterion of(Objective objective) {
        return new Criterion(objective, metrics(objective).get(0));
    }

    /** Whether a value is better than another; NaN, for no value, is worse than any. */
    boolean isBetter(double value, double than) {
        if (Double.isNaN(value) || Double.isNaN(than)) {
            return !Double.isNaN(value);
        }
        return metric.equals(Auc.NAME) ? value > than : value < than;
    }

    /**
     * Whether the metric has a value over these examples, whatever is predicted for them: it has
     * none over no examples, and an AUC or a normalized entropy none over those of one class.
     */
    public boolean isDefinedOver(List<Example> examples) {
        float[] predictions = new float[examples.size()];
        Arrays.fill(predictions, 0.5f);
        return !Double.isNaN(judge(examples, predictions));
    }

    /** The metric's value; NaN where it has none, such as the AUC of one class. */
    double judge(List<Example> examples, float[] predictions) {
        MetricSet metrics = MetricSet.of(objective);
        for (int i = 0; i < predictions.length; i++) {
            Example example = examples.get(i);
            metrics.add(example.label(), predictions[i], example.weight());
        }
        return metrics.values().getOrDefault(metric, Double.NaN);
    }

    private static List<String> metrics(Objective objective) {
        return objective instanceof Objective.Click ? OF_CLICKS : OF_RATINGS;
    }
}
