package io.millrace.jobs.label;

import io.millrace.jobs.config.PipelineConfig.Labels.Policy;
import io.millrace.jobs.label.LabelOutcome.Why;
import io.millrace.jobs.source.DeadLetters;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.jobs.wire.EventTypes;
import io.millrace.model.example.Labellable;
import io.millrace.model.loss.NegativeSample;
import io.millrace.schemas.DeadLetter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Joins impressions with their clicks, keyed by impression id, in event time.
 *
 * <p>Policy {@code wait}: a click within the attribution window of its impression makes a positive
 * at once; its absence at the window's end makes a negative. A click after that, within the late
 * window, takes the negative back and makes a positive of it: two examples, whose gradients undo
 * and replace that of the negative. Policy {@code immediate}: an impression makes a negative at
 * once, and a click within the late window a positive.
 *
 * <p>Clicks that come first wait for their impression. State of an id lasts until the watermark
 * passes its late window, so until then a second impression or click changes nothing; and an
 * impression that comes when its own late window has passed is set aside, since what was known of
 * its id is forgotten. So no id makes two negatives or two positives, unless an impression is sent
 * again with another event time, later than the first's late window.
 *
 * <p>Which examples there are is a function of event times alone, not of the order of arrival, as
 * long as events come before the watermark passes them. A click that comes later than that, within
 * the late window, corrects what has gone out: what is learned adds up to the same. Of several
 * clicks on an impression the one that decides is the earliest of those that have come when the
 * label goes out; it decides the {@link LabelOutcome.Labelled#time} alone. Of several impressions
 * of one id the first to arrive counts.
 *
 * @param <E> what is labelled
 */
public final class LabelJoin<E extends Labellable<E>>
        extends KeyedProcessFunction<String, LabelEvent<E>, LabelOutcome<E>>
        implements CheckpointedFunction {

    /** Clicks without an impression or too late for it, and impressions that come too late. */
    public static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("unmatched-clicks", EventTypes.DEAD_LETTER);

    /** Event times of impressions that the end of the input left without a label. */
    public static final OutputTag<Long> UNLABELLED = new OutputTag<>("unlabelled", Types.LONG);

    /** What made no example; only when the settings ask for it. */
    public static final OutputTag<LabelNote> NOTES =
            new OutputTag<>("notes", LabelNoteSerializer.TYPE);

    private static final long serialVersionUID = 1L;

    /** Clicks of one id that wait for its impression; nobody clicks that often. */
    private static final int MAX_EARLY = 16;

    private static final Origin UNKNOWN_ORIGIN = new Origin("", -1, -1, -1);

    // -- configuration

    private final LabelSettings settings;
    private final boolean waits;
    private final long window;
    private final long lateWindow;
    private final NegativeSample sample;
    private final TypeInformation<E> type;

    // -- runtime

    private transient ValueState<E> impressions;

    /**
     * The first click to come before its impression; or, once that has come, the earliest late
     * click while the window goes on. State of version 0.1.0, which has no {@link #said}: the click
     * that made the positive.
     */
    private transient ValueState<Clicked> clicks;

    /** More clicks that came before their impression. */
    private transient ListState<Clicked> moreClicks;

    private transient ValueState<Byte> said;
    private transient @Nullable ListState<Long> waitingState;
    private transient long waiting;
    private transient @Nullable EventClock clock;
    private transient LabelCounters counters;

    /**
     * The operator that it works in, keyed by impression id.
     *
     * @param type of examples in state
     */
    public static <E extends Labellable<E>>
            OneInputStreamOperator<LabelEvent<E>, LabelOutcome<E>> operator(
                    LabelSettings settings, TypeInformation<E> type) {
        return new Clocked<>(new LabelJoin<>(settings, type));
    }

    private LabelJoin(LabelSettings settings, TypeInformation<E> type) {
        this.settings = settings;
        waits = settings.labels().policy() == Policy.WAIT;
        window = settings.labels().attributionWindow().toMillis();
        lateWindow = Math.max(window, settings.labels().lateWindow().toMillis());
        sample = new NegativeSample(settings.negativeSampling());
        this.type = type;
    }

    @Override
    public void open(OpenContext context) {
        var runtime = getRuntimeContext();
        impressions = runtime.getState(new ValueStateDescriptor<>("impression", type));
        clicks = runtime.getState(new ValueStateDescriptor<>("click", ClickedSerializer.TYPE));
        moreClicks =
                runtime.getListState(
                        new ListStateDescriptor<>("more-clicks", ClickedSerializer.TYPE));
        said = runtime.getState(new ValueStateDescriptor<>("said", Types.BYTE));
        counters = new LabelCounters(runtime.getMetricGroup());
        runtime.getMetricGroup().gauge(MetricNames.WAITING_IMPRESSIONS, this::waiting);
        LogContext.enter(runtime);
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
        clock = EventClock.restored(context);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        Objects.requireNonNull(waitingState, "not initialized").update(List.of(waiting));
        clock().snapshot();
    }

    @Override
    public void processElement(LabelEvent<E> event, Context context, Collector<LabelOutcome<E>> out)
            throws Exception {
        if (event instanceof LabelEvent.Impressed<E> impressed) {
            show(impressed, context, out);
        } else if (event instanceof LabelEvent.OfClick<E> click) {
            E impression = impressions.value();
            if (impression == null) {
                keepEarly(click.click(), context);
            } else {
                click(impression, click.click(), context, out);
            }
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<LabelOutcome<E>> out)
            throws Exception {
        E impression = impressions.value();
        if (impression == null) {
            dropEarly(time, context);
            return;
        }
        Said before = said();
        boolean isOpen = before == Said.NOTHING || before == Said.LATE_CLICK_WAITS;
        long due = impression.eventTime() + (isOpen ? window : lateWindow);
        if (time < due) {
            // A timer of another configuration, or of a click that the impression has met.
            context.timerService().registerEventTimeTimer(due);
        } else if (isOpen && isUnknown(before, context)) {
            waiting--;
            context.output(UNLABELLED, impression.eventTime());
            forget();
        } else if (isOpen) {
            timeOut(impression, before, context, out);
        } else {
            waiting -= before == Said.SHOWN ? 1 : 0;
            forget();
        }
    }

    // -- impressions

    private void show(
            LabelEvent.Impressed<E> impressed, Context context, Collector<LabelOutcome<E>> out)
            throws Exception {
        String id = impressed.impressionId();
        E impression = impressed.example();
        long time = impression.eventTime();
        if (impressions.value() != null) {
            counters.duplicateImpressions().inc();
            note(LabelNote.Kind.DUPLICATE_IMPRESSION, id, time, "came before", context);
            return;
        }
        if (clock().watermark() >= time + lateWindow) {
            refuse(impressed, context);
            return;
        }
        // Before timers of the impression, one of which may be that of a click.
        List<Clicked> early = takeEarly(context);
        waiting++;
        impressions.update(impression);
        if (settings.tellsShown()) {
            out.collect(new LabelOutcome.Shown<>(id, impression));
        }
        if (waits) {
            context.timerService().registerEventTimeTimer(time + window);
        } else {
            said.update(Said.SHOWN.code());
            emit(id, impression, Why.SHOWN, time, out);
            context.timerService().registerEventTimeTimer(time + lateWindow);
        }
        for (Clicked clicked : early) {
            click(impression, clicked, context, out);
        }
    }

    private void refuse(LabelEvent.Impressed<E> impressed, Context context) {
        Received received = impressed.received();
        counters.lateImpressions().inc();
        setAside(
                impressed.impressionId(),
                impressed.example().eventTime(),
                received == null ? UNKNOWN_ORIGIN : received.origin(),
                received == null ? new byte[0] : received.payload(),
                LabelNote.Kind.LATE_IMPRESSION,
                "impression "
                        + impressed.impressionId()
                        + " came when the "
                        + Duration.ofMillis(lateWindow)
                        + " for its clicks were over; it may be one that came before",
                context);
    }

    /** The window has ended without a click in it. */
    private void timeOut(
            E impression, Said before, OnTimerContext context, Collector<LabelOutcome<E>> out)
            throws Exception {
        String id = context.getCurrentKey();
        long end = impression.eventTime() + window;
        boolean isLearned = sample.contains(id);
        waiting--;
        if (isLearned) {
            emit(id, impression, Why.TIMEOUT, end, out);
        } else {
            counters.unsampledNegatives().inc();
            tellUnsampled(id, impression, Why.TIMEOUT, end, out);
            note(LabelNote.Kind.UNSAMPLED_NEGATIVE, id, end, "is not in the sample", context);
        }
        Said now = isLearned ? Said.NEGATIVE : Said.UNSAMPLED;
        Clicked late = before == Said.LATE_CLICK_WAITS ? clicks.value() : null;
        if (late != null) {
            clicks.clear();
            correct(impression, late, now, out);
        } else if (lateWindow > window) {
            said.update(now.code());
        }
        if (lateWindow > window) {
            context.timerService().registerEventTimeTimer(impression.eventTime() + lateWindow);
        } else {
            forget();
        }
    }

    /** Whether the input has ended before anybody could know the label. */
    private boolean isUnknown(Said before, Context context) {
        return settings.atEnd() == LabelSettings.AtEnd.UNKNOWN
                && before == Said.NOTHING
                && context.timerService().currentWatermark()
                        == Watermark.MAX_WATERMARK.getTimestamp();
    }

    // -- clicks

    private void click(
            E impression, Clicked clicked, Context context, Collector<LabelOutcome<E>> out)
            throws Exception {
        long delay = clicked.time() - impression.eventTime();
        if (delay < 0) {
            setAside(clicked, LabelNote.Kind.UNMATCHED_CLICK, noImpression(), context);
            return;
        }
        if (delay > lateWindow) {
            String why = "came later than the " + Duration.ofMillis(lateWindow) + " after it";
            setAside(clicked, LabelNote.Kind.LATE_CLICK, why, context);
            return;
        }
        Said before = said();
        switch (before) {
            case NOTHING, LATE_CLICK_WAITS -> {
                if (delay > window) {
                    awaitWindowEnd(clicked, context);
                } else {
                    if (before == Said.LATE_CLICK_WAITS) {
                        dropDuplicate(Objects.requireNonNull(clicks.value()), context);
                        clicks.clear();
                    }
                    makePositive(impression, clicked, out);
                }
            }
            case SHOWN -> makePositive(impression, clicked, out);
            case NEGATIVE, UNSAMPLED -> correct(impression, clicked, before, out);
            case POSITIVE -> dropDuplicate(clicked, context);
        }
    }

    private void makePositive(E impression, Clicked clicked, Collector<LabelOutcome<E>> out)
            throws Exception {
        waiting--;
        said.update(Said.POSITIVE.code());
        emit(clicked.impressionId(), impression, Why.CLICK, clicked.time(), out);
    }

    /** The earliest late click makes the correction, once the negative is out. */
    private void awaitWindowEnd(Clicked clicked, Context context) throws Exception {
        Clicked before = clicks.value();
        if (before != null && before.time() <= clicked.time()) {
            dropDuplicate(clicked, context);
            return;
        }
        if (before != null) {
            dropDuplicate(before, context);
        }
        clicks.update(clicked);
        said.update(Said.LATE_CLICK_WAITS.code());
    }

    private void correct(E impression, Clicked clicked, Said before, Collector<LabelOutcome<E>> out)
            throws Exception {
        String id = clicked.impressionId();
        long time = Math.max(clicked.time(), impression.eventTime() + window);
        if (before == Said.UNSAMPLED) {
            tellUnsampled(id, impression, Why.REVERSAL, time, out);
        } else {
            emit(id, impression, Why.REVERSAL, time, out);
        }
        emit(id, impression, Why.CORRECTION, time, out);
        said.update(Said.POSITIVE.code());
    }

    // -- clicks that come before their impression

    private void keepEarly(Clicked clicked, Context context) throws Exception {
        if (clock().watermark() >= clicked.time() + lateWindow) {
            // An impression that it could belong to would be too late by now.
            setAside(clicked, LabelNote.Kind.UNMATCHED_CLICK, noImpression(), context);
            return;
        }
        List<Clicked> early = early();
        if (early.stream().anyMatch(other -> other.time() == clicked.time())) {
            dropDuplicate(clicked, context);
            return;
        }
        if (early.size() == MAX_EARLY) {
            String why = "is one of more than " + MAX_EARLY + " that came before it";
            setAside(clicked, LabelNote.Kind.UNMATCHED_CLICK, why, context);
            return;
        }
        if (early.isEmpty()) {
            clicks.update(clicked);
        } else {
            moreClicks.add(clicked);
        }
        context.timerService().registerEventTimeTimer(clicked.time() + lateWindow);
    }

    private void dropEarly(long time, Context context) throws Exception {
        List<Clicked> early = early();
        clicks.clear();
        moreClicks.clear();
        for (Clicked clicked : early) {
            if (clicked.time() + lateWindow <= time) {
                setAside(clicked, LabelNote.Kind.UNMATCHED_CLICK, noImpression(), context);
            } else {
                keepEarly(clicked, context);
            }
        }
    }

    private List<Clicked> takeEarly(Context context) throws Exception {
        List<Clicked> early = early();
        for (Clicked clicked : early) {
            context.timerService().deleteEventTimeTimer(clicked.time() + lateWindow);
        }
        if (!early.isEmpty()) {
            clicks.clear();
        }
        if (early.size() > 1) {
            moreClicks.clear();
        }
        return early;
    }

    /** In the order of event time. */
    private List<Clicked> early() throws Exception {
        Clicked first = clicks.value();
        if (first == null) {
            return List.of();
        }
        List<Clicked> early = new ArrayList<>();
        early.add(first);
        moreClicks.get().forEach(early::add);
        early.sort(Comparator.comparingLong(Clicked::time));
        return early;
    }

    // -- what goes out

    private void emit(String id, E impression, Why why, long time, Collector<LabelOutcome<E>> out) {
        counters.count(why);
        out.collect(new LabelOutcome.Labelled<>(id, labelled(impression, why), why, time));
    }

    private void tellUnsampled(
            String id, E impression, Why why, long time, Collector<LabelOutcome<E>> out) {
        if (settings.tellsShown()) {
            out.collect(new LabelOutcome.Unsampled<>(id, labelled(impression, why), why, time));
        }
    }

    private E labelled(E impression, Why why) {
        return switch (why) {
            case CLICK, CORRECTION -> impression.labelled(1f, 1f);
            case TIMEOUT, SHOWN -> impression.labelled(0f, 1f);
            case REVERSAL -> impression.labelled(0f, -1f);
        };
    }

    private void dropDuplicate(Clicked clicked, Context context) {
        counters.duplicateClicks().inc();
        note(
                LabelNote.Kind.DUPLICATE_CLICK,
                clicked.impressionId(),
                clicked.time(),
                "another click decides",
                context);
    }

    private void setAside(Clicked clicked, LabelNote.Kind kind, String why, Context context) {
        (kind == LabelNote.Kind.LATE_CLICK ? counters.lateClicks() : counters.unmatchedClicks())
                .inc();
        setAside(
                clicked.impressionId(),
                clicked.time(),
                clicked.origin(),
                clicked.payload(),
                kind,
                "click of impression " + clicked.impressionId() + " " + why,
                context);
    }

    private void setAside(
            String id,
            long time,
            Origin origin,
            byte[] payload,
            LabelNote.Kind kind,
            String detail,
            Context context) {
        context.output(
                DEAD_LETTERS,
                DeadLetters.of(origin, payload, kind.name(), detail, System.currentTimeMillis()));
        note(kind, id, time, detail, context);
    }

    private void note(LabelNote.Kind kind, String id, long time, String detail, Context context) {
        if (settings.tellsNotes()) {
            context.output(NOTES, new LabelNote(id, kind, time, detail));
        }
    }

    private String noImpression() {
        return "has no impression in the " + Duration.ofMillis(lateWindow) + " before it";
    }

    // -- state

    /** Impressions without a label, as far as this subtask has been told of them. */
    long waiting() {
        return waiting;
    }

    private EventClock clock() {
        return Objects.requireNonNull(clock, "not initialized");
    }

    private Said said() throws Exception {
        Byte code = said.value();
        if (code != null) {
            return Said.of(code);
        }
        return clicks.value() == null ? Said.NOTHING : Said.POSITIVE;
    }

    private void forget() throws Exception {
        impressions.clear();
        clicks.clear();
        said.clear();
    }

    /** Tells of each watermark, which a function hears of at its events and timers only. */
    private static final class Clocked<E extends Labellable<E>>
            extends KeyedProcessOperator<String, LabelEvent<E>, LabelOutcome<E>> {

        private static final long serialVersionUID = 1L;

        Clocked(LabelJoin<E> join) {
            super(join);
        }

        /** Before the timers, which ask for it. */
        @Override
        public void processWatermark(Watermark mark) throws Exception {
            ((LabelJoin<E>) userFunction).clock().advance(mark.getTimestamp());
            super.processWatermark(mark);
        }
    }

    /** What has been said of an impression that has come. */
    private enum Said {
        NOTHING(0),
        /** Nothing yet, but a late click has come. */
        LATE_CLICK_WAITS(1),
        /** A negative that its clicks replace. */
        NEGATIVE(2),
        /** A negative that is not learned. */
        UNSAMPLED(3),
        /** A negative that its clicks come in addition to. */
        SHOWN(4),
        POSITIVE(5);

        private static final Said[] ALL = values();

        private final byte code;

        Said(int code) {
            this.code = (byte) code;
        }

        byte code() {
            return code;
        }

        static Said of(byte code) {
            if (code < 0 || code >= ALL.length) {
                throw new IllegalStateException(
                        "state says "
                                + code
                                + " of an impression's label; this version knows 0 to "
                                + (ALL.length - 1));
            }
            return ALL[code];
        }
    }
}
