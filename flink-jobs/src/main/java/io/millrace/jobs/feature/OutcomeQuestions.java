package io.millrace.jobs.feature;

import io.millrace.jobs.label.LabelOutcome;
import io.millrace.model.example.Labellable;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.StreamKeys;
import io.millrace.model.stream.StreamSpec;
import io.millrace.model.stream.StreamUpdate;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * What the outcomes of the label join mean to rows: an impression asks them and then counts, and
 * labels count when they are known. Examples that are learned go aside, to wait for the answers.
 */
final class OutcomeQuestions<E extends Labellable<E>>
        extends ProcessFunction<LabelOutcome<Draft<E>>, FeatureEvent> {

    private static final long serialVersionUID = 1L;

    // -- configuration

    private final List<StreamSpec> specs;
    private final boolean waits;
    private final long window;
    private final OutputTag<LabelledDraft<E>> labelled;

    // -- runtime

    private transient RowEvents events;

    /**
     * @param specs of all that the rows are for
     * @param waits whether a negative waits for the end of the attribution window
     * @param labelled where examples go that are learned
     */
    OutcomeQuestions(
            List<StreamSpec> specs,
            boolean waits,
            Duration attributionWindow,
            OutputTag<LabelledDraft<E>> labelled) {
        this.specs = List.copyOf(specs);
        this.waits = waits;
        this.window = attributionWindow.toMillis();
        this.labelled = labelled;
    }

    @Override
    public void open(OpenContext context) {
        events = new RowEvents(KeyGroups.of(specs));
    }

    @Override
    public void processElement(
            LabelOutcome<Draft<E>> outcome, Context context, Collector<FeatureEvent> out) {
        String id = outcome.impressionId();
        Draft<E> draft = outcome.example();
        if (outcome instanceof LabelOutcome.Shown<Draft<E>>) {
            events.ask(draft.keys(), draft.eventTime(), id, shown(draft), out);
        } else if (outcome instanceof LabelOutcome.Labelled<Draft<E>> known) {
            context.output(
                    labelled, new LabelledDraft<>(id, draft, rank(known.why()), known.time()));
            change(id, draft, known.why(), known.time(), out);
        } else if (outcome instanceof LabelOutcome.Unsampled<Draft<E>> known) {
            change(id, draft, known.why(), known.time(), out);
        }
    }

    private StreamUpdate shown(Draft<E> draft) {
        return waits
                ? StreamUpdate.shown(draft.eventTime(), draft.keys())
                : StreamUpdate.shownAsNegative(draft.eventTime(), draft.keys());
    }

    private void change(
            String id,
            Draft<E> draft,
            LabelOutcome.Why why,
            long time,
            Collector<FeatureEvent> out) {
        if (why != LabelOutcome.Why.SHOWN) {
            int rank = FeatureEvent.LABELLED + rank(why);
            events.change(draft.keys(), time, rank, id, update(draft, why, time), out);
        }
    }

    private StreamUpdate update(Draft<E> draft, LabelOutcome.Why why, long time) {
        long shown = draft.eventTime();
        StreamKeys keys = draft.keys();
        return switch (why) {
            case SHOWN -> throw new IllegalArgumentException("counted when it was shown");
            case CLICK ->
                    waits
                            ? StreamUpdate.clicked(time, keys)
                            : StreamUpdate.clickedAfterNegative(time, shown, keys);
            case TIMEOUT -> StreamUpdate.timedOut(time);
            case REVERSAL -> StreamUpdate.reversed(time, shown + window);
            case CORRECTION -> StreamUpdate.clicked(time, keys);
        };
    }

    /** The order of labels of one impression that are known at the same time. */
    private static int rank(LabelOutcome.Why why) {
        return switch (why) {
            case SHOWN, TIMEOUT -> 0;
            case CLICK, REVERSAL -> 1;
            case CORRECTION -> 2;
        };
    }
}
