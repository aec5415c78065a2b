package io.millrace.jobs.label;

import io.millrace.jobs.telemetry.MetricNames;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What the label join counts. */
record LabelCounters(
        Counter positives,
        Counter negatives,
        Counter corrections,
        Counter unsampledNegatives,
        Counter duplicateImpressions,
        Counter duplicateClicks,
        Counter lateImpressions,
        Counter lateClicks,
        Counter unmatchedClicks) {

    LabelCounters(MetricGroup metrics) {
        this(
                metrics.counter(MetricNames.POSITIVES),
                metrics.counter(MetricNames.NEGATIVES),
                metrics.counter(MetricNames.CORRECTIONS),
                metrics.counter(MetricNames.UNSAMPLED_NEGATIVES),
                metrics.counter(MetricNames.DUPLICATE_IMPRESSIONS),
                metrics.counter(MetricNames.DUPLICATE_CLICKS),
                metrics.counter(MetricNames.LATE_IMPRESSIONS),
                metrics.counter(MetricNames.LATE_CLICKS),
                metrics.counter(MetricNames.UNMATCHED_CLICKS));
    }

    /** A correction counts once, with its reversal. */
    void count(LabelOutcome.Why why) {
        switch (why) {
            case CLICK -> positives.inc();
            case TIMEOUT, SHOWN -> negatives.inc();
            case CORRECTION -> corrections.inc();
            case REVERSAL -> {}
        }
    }
}
