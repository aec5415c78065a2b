package io.millrace.model.metric;

import io.millrace.model.loss.ExampleWeighting;
import io.millrace.model.loss.Objective;
import java.io.Serializable;

/**
 * How what is learned counts in metrics, so that they are estimates over all impressions, each with
 * its one true label.
 *
 * <ul>
 *   <li>Of sampled negatives each counts for those that were dropped: its weight is divided by the
 *       rate.
 *   <li>Where an impression was a negative at first ({@link ExampleWeighting#FAKE_NEGATIVES}), its
 *       click takes that negative back: a second one with the opposite weight, predicted alike.
 * </ul>
 */
public final class MetricExamples implements Serializable {

    private static final long serialVersionUID = 1L;

    private final double negativeSampling;
    private final boolean clicksTakeBack;

    public MetricExamples(Objective objective, ExampleWeighting weighting) {
        negativeSampling =
                objective instanceof Objective.Click click ? click.negativeSampling() : 1;
        clicksTakeBack = weighting == ExampleWeighting.FAKE_NEGATIVES;
    }

    /** The weight of an example in metrics. */
    public double weight(double label, double importance) {
        return label == 0 && negativeSampling < 1 ? importance / negativeSampling : importance;
    }

    /** Whether an example counts once more, with label 0 and its weight subtracted. */
    public boolean takesBack(double label) {
        return clicksTakeBack && label > 0;
    }

    /** Adds a learned example to metrics. */
    public void add(double label, double prediction, double importance, MetricSet metrics) {
        metrics.add(label, prediction, weight(label, importance));
        if (takesBack(label)) {
            metrics.takeBack(0, prediction, weight(0, importance));
        }
    }
}
