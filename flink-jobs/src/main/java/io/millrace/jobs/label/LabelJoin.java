package io.millrace.jobs.label;

import io.millrace.jobs.source.DeadLetters;
import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.jobs.wire.EventTypes;
import io.millrace.model.example.Labellable;
import io.millrace.schemas.DeadLetter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

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
        extends KeyedProcessFunction<String, LabelEvent<E>, E> implements CheckpointedFunction {

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
    private transient @Nullable ListState<Long> waitingState;
    private transient long waiting;
    private transient Counter positives;
    private transient Counter negatives;
    private transient Counter unmatched;

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
        positives = metrics.counter(MetricNames.POSITIVES);
        negatives = metrics.counter(MetricNames.NEGATIVES);
        unmatched = metrics.counter(MetricNames.UNMATCHED_CLICKS);
        metrics.gauge(MetricNames.WAITING_IMPRESSIONS, this::waiting);
        LogContext.enter(getRuntimeContext());
    }

    /** A subtask may be given another's count, so only their sum says how many wait. */
    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        ListState<Long> state =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("waiting", Types.LONG));
        waiting = 0;
        for (long counted : state.get()) {
            waiting += counted;
        }
        waitingState = state;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        Objects.requireNonNull(waitingState, "not initialized").update(List.of(waiting));
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
        } else {
            waiting++;
            if (early != null) {
                setAside(early, outsideWindow(), context);
                clicks.clear();
            }
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
            waiting--;
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
            waiting--;
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
            negatives.inc();
            out.collect(example.labelled(0f, 1f));
        }
    }

    /** Impressions without a label, as far as this subtask has been told of them. */
    long waiting() {
        return waiting;
    }

    private boolean inWindow(E impression, Clicked clicked) {
        long delay = clicked.time() - impression.eventTime();
        return delay >= 0 && delay <= window;
    }

    private void emitPositive(E example, Collector<E> out) {
        positives.inc();
        out.collect(example.labelled(1f, 1f));
    }

    private String outsideWindow() {
        return "has no impression in the " + Duration.ofMillis(window) + " before it";
    }

    private void setAside(Clicked clicked, String why, Context context) {
        unmatched.inc();
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
