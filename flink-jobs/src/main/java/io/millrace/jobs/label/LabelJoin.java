package io.millrace.jobs.label;

import io.millrace.jobs.source.DeadLetters;
import io.millrace.jobs.wire.EventTypes;
import io.millrace.model.example.Labellable;
import io.millrace.schemas.DeadLetter;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Joins impressions with their clicks, keyed by impression id, in event time.
 *
 * <p>A click within the attribution window of its impression makes a positive at once; its absence
 * at the window's end makes a negative. A click that comes first waits for its impression. State of
 * an id lasts until the window's end, so a second impression or click of the same id in that time
 * changes nothing; a click that never meets an open impression, or is the second one to wait for
 * it, becomes a dead letter.
 *
 * @param <E> what is labelled
 */
public final class LabelJoin<E extends Labellable<E>>
        extends KeyedProcessFunction<String, LabelEvent<E>, E> {

    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("unmatched-clicks", EventTypes.DEAD_LETTER);

    /** Event times of impressions that the end of the input left without a label. */
    public static final OutputTag<Long> UNLABELLED = new OutputTag<>("unlabelled", Types.LONG);

    private static final long serialVersionUID = 1L;

    // -- configuration

    private final long window;
    private final TypeInformation<E> type;
    private final AtEnd atEnd;

    // -- runtime

    private transient ValueState<E> impressions;
    private transient ValueState<Clicked> clicks;
    private transient long positives;
    private transient long negatives;
    private transient long unmatched;

    /**
     * @param type of examples in state
     * @param atEnd what the end of a bounded input makes of windows that have not ended
     */
    public LabelJoin(Duration attributionWindow, TypeInformation<E> type, AtEnd atEnd) {
        window = attributionWindow.toMillis();
        this.type = type;
        this.atEnd = atEnd;
    }

    @Override
    public void open(OpenContext context) {
        impressions = getRuntimeContext().getState(new ValueStateDescriptor<>("impression", type));
        clicks =
                getRuntimeContext()
                        .getState(new ValueStateDescriptor<>("click", ClickedSerializer.TYPE));
        var metrics = getRuntimeContext().getMetricGroup();
        metrics.gauge("positives", () -> positives);
        metrics.gauge("negatives", () -> negatives);
        metrics.gauge("unmatchedClicks", () -> unmatched);
    }

    @Override
    public void processElement(LabelEvent<E> event, Context context, Collector<E> out)
            throws Exception {
        if (event instanceof LabelEvent.Impressed<E> impressed) {
            show(impressed.example(), context, out);
        } else if (event instanceof LabelEvent.OfClick<E> click) {
            click(click.click(), context, out);
        }
    }

    private void show(E example, Context context, Collector<E> out) throws Exception {
        if (impressions.value() != null) {
            return;
        }
        Clicked early = clicks.value();
        if (early != null) {
            context.timerService().deleteEventTimeTimer(early.time() + window);
        }
        if (early != null && inWindow(example, early)) {
            emitPositive(example, out);
        } else if (early != null) {
            setAside(early, outsideWindow(), context);
            clicks.clear();
        }
        impressions.update(example);
        context.timerService().registerEventTimeTimer(example.eventTime() + window);
    }

    private void click(Clicked clicked, Context context, Collector<E> out) throws Exception {
        E example = impressions.value();
        Clicked before = clicks.value();
        if (example == null && before != null) {
            setAside(clicked, "is not the first click that came before its impression", context);
        } else if (before != null) {
            return;
        } else if (example == null) {
            clicks.update(clicked);
            context.timerService().registerEventTimeTimer(clicked.time() + window);
        } else if (inWindow(example, clicked)) {
            clicks.update(clicked);
            emitPositive(example, out);
        } else {
            setAside(clicked, outsideWindow(), context);
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<E> out) throws Exception {
        E example = impressions.value();
        Clicked clicked = clicks.value();
        if (example != null && clicked == null) {
            missClick(example, context, out);
        } else if (example == null && clicked != null) {
            setAside(clicked, outsideWindow(), context);
        }
        impressions.clear();
        clicks.clear();
    }

    private void missClick(E example, Context context, Collector<E> out) {
        boolean inputEnded =
                context.timerService().currentWatermark() == Watermark.MAX_WATERMARK.getTimestamp();
        if (inputEnded && atEnd == AtEnd.UNKNOWN) {
            context.output(UNLABELLED, example.eventTime());
        } else {
            negatives++;
            out.collect(example.labelled(0f, 1f));
        }
    }

    private boolean inWindow(E impression, Clicked clicked) {
        long delay = clicked.time() - impression.eventTime();
        return delay >= 0 && delay <= window;
    }

    private void emitPositive(E example, Collector<E> out) {
        positives++;
        out.collect(example.labelled(1f, 1f));
    }

    private String outsideWindow() {
        return "has no impression in the " + Duration.ofMillis(window) + " before it";
    }

    private void setAside(Clicked clicked, String why, Context context) {
        unmatched++;
        context.output(
                DEAD_LETTERS,
                DeadLetters.of(
                        clicked.origin(),
                        clicked.payload(),
                        DeadLetters.UNMATCHED_CLICK,
                        "click of impression " + clicked.impressionId() + " " + why,
                        System.currentTimeMillis()));
    }

    /** What becomes of an impression without a click whose window goes on when the input ends. */
    public enum AtEnd {
        /** It is a negative, as nobody will click any more. */
        NEGATIVE,
        /** It has no label, as clicks may have come that the input does not hold. */
        UNKNOWN
    }
}
