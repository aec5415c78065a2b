package io.millrace.jobs.listing;

import io.millrace.jobs.feature.Draft;
import io.millrace.jobs.label.LabelOutcome;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Lines of the examples that the label join makes. */
final class OutcomeLines extends RichFlatMapFunction<LabelOutcome<Draft<ListedExample>>, String> {

    private static final long serialVersionUID = 1L;

    private transient Listing listing;

    @Override
    public void open(OpenContext context) {
        listing = new Listing();
    }

    @Override
    public void flatMap(LabelOutcome<Draft<ListedExample>> outcome, Collector<String> out) {
        if (outcome instanceof LabelOutcome.Labelled<Draft<ListedExample>> labelled) {
            out.collect(
                    listing.example(
                            labelled.example().example(), labelled.why().name(), labelled.time()));
        }
    }
}
