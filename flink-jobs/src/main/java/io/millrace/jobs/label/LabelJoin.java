package io.millrace.jobs.label;

import io.millrace.jobs.source.DeadLetters;
import io.millrace.jobs.wire.EventTypes;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.example.Example;
import io.millrace.schemas.DeadLetter;
import java.time.Duration;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
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
 */
public final class LabelJoin extends KeyedCoProcessFunction<String, Impressed, Clicked, Example> {

    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("unmatched-clicks", EventTypes.DEAD_LETTER);

    private static final long serialVersionUID = 1L;

    private final long window;
    private transient ValueState<Example> impressions;
    private transient ValueState<Clicked> clicks;
    private transient long positives;
    private transient long negatives;
    private transient long unmatched;

    public LabelJoin(Duration attributionWindow) {
        window = attributionWindow.toMillis();
    }

    @Override
    public void open(OpenContext context) {
        impressions =
                getRuntimeContext()
                        .getState(new ValueStateDescriptor<>("impression", ExampleSerializer.TYPE));
        clicks =
                getRuntimeContext()
                        .getState(new ValueStateDescriptor<>("click", ClickedSerializer.TYPE));
        var metrics = getRuntimeContext().getMetricGroup();
        metrics.gauge("positives", () -> positives);
        metrics.gauge("negatives", () -> negatives);
        metrics.gauge("unmatchedClicks", () -> unmatched);
    }

    @Override
    public void processElement1(Impressed impressed, Context context, Collector<Example> out)
            throws Exception {
        if (impressions.value() != null) {
            return;
        }
        Example example = impressed.example();
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

    @Override
    public void processElement2(Clicked clicked, Context context, Collector<Example> out)
            throws Exception {
        Example example = impressions.value();
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
    public void onTimer(long time, OnTimerContext context, Collector<Example> out)
            throws Exception {
        Example example = impressions.value();
        Clicked clicked = clicks.value();
        if (example != null && clicked == null) {
            negatives++;
            out.collect(example.labelled(0f, 1f));
        } else if (example == null && clicked != null) {
            setAside(clicked, outsideWindow(), context);
        }
        impressions.clear();
        clicks.clear();
    }

    private boolean inWindow(Example impression, Clicked clicked) {
        long delay = clicked.time() - impression.eventTime();
        return delay >= 0 && delay <= window;
    }

    private void emitPositive(Example example, Collector<Example> out) {
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
}
