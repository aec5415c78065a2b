package io.millrace.jobs.cli.backtest;

import io.millrace.model.evaluate.EvaluationResult;
import io.millrace.model.evaluate.Goal;
import io.millrace.model.loss.Objective;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A metric as people read it, the one to judge by first. */
public enum ReportMetric {
    RMSE(
            "rmse",
            "RMSE",
            "root mean squared error, in units of the rating; lower is better",
            Of.RATINGS),
    MAE("mae", "MAE", "mean absolute error, in units of the rating; lower is better", Of.RATINGS),
    BIAS("bias", "bias", "mean of prediction minus rating; 0 is right on average", Of.RATINGS),
    AUC(
            "auc",
            "AUC",
            "chance that a click was given a higher probability than an impression without one;"
                    + " 0.5 is guessing, 1 is perfect",
            Of.CLICKS),
    GAUC(
            "gauc",
            "GAUC",
            "AUC within each user's examples of a window, averaged over users by their examples;"
                    + " higher is better",
            Of.CLICKS),
    LOG_LOSS(
            "logloss",
            "log loss",
            "mean negative logarithm of the probability given to what happened; lower is better",
            Of.CLICKS),
    NORMALIZED_ENTROPY(
            "normalized_entropy",
            "norm. entropy",
            "log loss over that of always saying the mean click rate; below 1 is better than that",
            Of.CLICKS),
    CALIBRATION(
            "calibration",
            "calibration",
            "mean prediction over mean label; 1 is right on average",
            Of.CLICKS),
    ECE(
            "ece",
            "ECE",
            "expected calibration error: how far probabilities are from click rates, bin by bin;"
                    + " lower is better",
            Of.CLICKS);

    private enum Of {
        RATINGS,
        CLICKS
    }

    private final String key;
    private final String title;
    private final String meaning;
    private final Goal goal;
    private final Of of;

    ReportMetric(String key, String title, String meaning, Of of) {
        this.key = key;
        this.title = title;
        this.meaning = meaning;
        goal = Goal.of(key);
        this.of = of;
    }

    /** Its name in results. */
    public String key() {
        return key;
    }

    /** Its name for people. */
    public String title() {
        return title;
    }

    String meaning() {
        return meaning;
    }

    /** Whether a value is better than another. */
    boolean isBetter(double value, double other) {
        return goal.better(value, other);
    }

    /** An order with the better value first. */
    int compare(double value, double other) {
        if (isBetter(value, other)) {
            return -1;
        }
        return isBetter(other, value) ? 1 : 0;
    }

    /** Whether the sign of a difference alone says who is better. */
    boolean hasDirection() {
        return goal == Goal.LOW || goal == Goal.HIGH;
    }

    /** What the best value is, for people. */
    String best() {
        return switch (goal) {
            case LOW -> "the lowest " + title;
            case HIGH -> "the highest " + title;
            case NEAR_ONE -> "the " + title + " nearest to 1";
            case NEAR_ZERO -> "the " + title + " nearest to 0";
        };
    }

    /** The metrics that a result has, in the order in which to show them. */
    static List<ReportMetric> of(EvaluationResult result) {
        return Arrays.stream(values())
                .filter(
                        metric ->
                                result.series().stream()
                                        .anyMatch(one -> one.metrics().containsKey(metric.key)))
                .toList();
    }

    /** The metric to judge by, when none is named. */
    public static ReportMetric first(Objective objective) {
        return objective instanceof Objective.Rating ? RMSE : AUC;
    }

    /**
     * The metric of a name.
     *
     * @throws IllegalArgumentException naming those that there are
     */
    public static ReportMetric named(String name, Objective objective) {
        boolean ratings = objective instanceof Objective.Rating;
        List<ReportMetric> known =
                Arrays.stream(values())
                        .filter(metric -> metric.of == (ratings ? Of.RATINGS : Of.CLICKS))
                        .toList();
        Optional<ReportMetric> found =
                known.stream()
                        .filter(metric -> metric.key.equals(name.toLowerCase(Locale.ROOT)))
                        .findFirst();
        return found.orElseThrow(
                () ->
                        new IllegalArgumentException(
                                "%s have no metric \"%s\"; there are %s"
                                        .formatted(
                                                ratings ? "ratings" : "clicks",
                                                name,
                                                known.stream()
                                                        .map(ReportMetric::key)
                                                        .collect(Collectors.joining(", ")))));
    }
}
