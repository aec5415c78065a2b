package io.millrace.jobs.listing;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfig.Labels.Policy;
import io.millrace.jobs.label.LabelOutcome.Why;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Lines of examples as trainers get them, whose time is when their label was known. They do not say
 * why they have it; but label, weight and time do.
 */
final class ExampleLines extends ProcessFunction<ListedExample, String> {

    private static final long serialVersionUID = 1L;

    private final PipelineConfig.@Nullable Labels labels;
    private transient Listing listing;

    private ExampleLines(PipelineConfig.@Nullable Labels labels) {
        this.labels = labels;
    }

    static ExampleLines ofClicks(PipelineConfig.Labels labels) {
        return new ExampleLines(labels);
    }

    static ExampleLines ofRatings() {
        return new ExampleLines(null);
    }

    @Override
    public void open(OpenContext context) {
        listing = new Listing();
    }

    @Override
    public void processElement(ListedExample example, Context context, Collector<String> out) {
        Long timestamp = context.timestamp();
        long time = timestamp == null ? example.eventTime() : timestamp;
        String why = labels == null ? Listing.RATING : why(example, time, labels).name();
        out.collect(listing.example(example, why, time));
    }

    static Why why(ListedExample example, long time, PipelineConfig.Labels labels) {
        boolean waits = labels.policy() == Policy.WAIT;
        if (example.weight() < 0) {
            return Why.REVERSAL;
        }
        if (example.label() == 0) {
            return waits ? Why.TIMEOUT : Why.SHOWN;
        }
        boolean isLate = time - example.eventTime() > labels.attributionWindow().toMillis();
        return waits && isLate ? Why.CORRECTION : Why.CLICK;
    }
}
