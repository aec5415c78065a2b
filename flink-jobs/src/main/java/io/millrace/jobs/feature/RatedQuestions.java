package io.millrace.jobs.feature;

import io.millrace.model.example.Labellable;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.StreamSpec;
import io.millrace.model.stream.StreamUpdate;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** What ratings mean to rows: a rating asks them, and then counts with its label. */
final class RatedQuestions<E extends Labellable<E>>
        extends RichFlatMapFunction<LabelledDraft<E>, FeatureEvent> {

    private static final long serialVersionUID = 1L;

    // -- configuration

    private final List<StreamSpec> specs;

    // -- runtime

    private transient RowEvents events;

    /**
     * @param specs of all that the rows are for
     */
    RatedQuestions(List<StreamSpec> specs) {
        this.specs = List.copyOf(specs);
    }

    @Override
    public void open(OpenContext context) {
        events = new RowEvents(KeyGroups.of(specs));
    }

    @Override
    public void flatMap(LabelledDraft<E> rated, Collector<FeatureEvent> out) {
        Draft<E> draft = rated.draft();
        long time = rated.time();
        StreamUpdate update = StreamUpdate.rated(time, draft.label(), draft.keys());
        events.ask(draft.keys(), time, rated.id(), update, out);
    }
}
