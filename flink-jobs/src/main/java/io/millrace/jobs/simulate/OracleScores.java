package io.millrace.jobs.simulate;

import io.millrace.model.loss.Objective;
import io.millrace.model.metric.MetricSet;
import java.util.SortedMap;

/**
 * How well the true click probabilities predict the clicks that were drawn from them: the ceiling
 * for every model of the world. Safe for use by several threads.
 */
public final class OracleScores {

    private final MetricSet metrics = MetricSet.of(new Objective.Click());

    /** Adds an impression; clicks are known from their impressions and ignored. */
    public void add(SimulatedEvent event) {
        if (event instanceof SimulatedEvent.Shown shown) {
            add(shown.clicked(), shown.clickProbability());
        }
    }

    private synchronized void add(boolean clicked, double probability) {
        metrics.add(clicked ? 1 : 0, probability, 1);
    }

    /** Number of impressions added. */
    public synchronized long impressions() {
        return metrics.examples();
    }

    /** By metric name, as {@link MetricSet#values}. */
    public synchronized SortedMap<String, Double> values() {
        return metrics.values();
    }
}
