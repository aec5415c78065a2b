package io.millrace.jobs.label;

import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.jobs.wire.EventTypes;
import io.millrace.model.example.Labellable;
import io.millrace.model.loss.NegativeSample;
import io.millrace.schemas.DeadLetter;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
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
 * <p>{@link LabelRules} decide, {@link Labelling} does it, {@link Kept} is what is kept of an id.
 * This class is what Flink sees.
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

    // -- configuration

    private final LabelSettings settings;
    private final LabelRules rules;
    private final NegativeSample sample;
    private final TypeSerializer<E> examples;

    // -- runtime

    private transient @Nullable EventClock clock;
    private transient @Nullable WaitingImpressions waiting;
    private transient boolean hasFormerState;
    private transient LabelOutput<E> output;
    private transient Labelling<E> labelling;

    /**
     * The operator that it works in, keyed by impression id.
     *
     * @param examples writes what is labelled, in state
     */
    public static <E extends Labellable<E>>
            OneInputStreamOperator<LabelEvent<E>, LabelOutcome<E>> operator(
                    LabelSettings settings, TypeSerializer<E> examples) {
        return new Clocked<>(new LabelJoin<>(settings, examples));
    }

    private LabelJoin(LabelSettings settings, TypeSerializer<E> examples) {
        this.settings = settings;
        rules = LabelRules.of(settings);
        sample = new NegativeSample(settings.negativeSampling());
        this.examples = examples;
    }

    /** Comes before {@link #open}. */
    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        waiting = WaitingImpressions.restored(context);
        clock = EventClock.restored(context);
    }

    @Override
    public void open(OpenContext context) {
        var runtime = getRuntimeContext();
        var metrics = runtime.getMetricGroup();
        output = new LabelOutput<>(settings, rules, new LabelCounters(metrics));
        labelling =
                new Labelling<>(
                        rules,
                        sample,
                        ImpressionState.of(runtime, examples, hasFormerState),
                        clock(),
                        waitingImpressions(),
                        output);
        metrics.gauge(MetricNames.WAITING_IMPRESSIONS, this::waiting);
        LogContext.enter(runtime);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        waitingImpressions().snapshot();
        clock().snapshot();
    }

    @Override
    public void processElement(LabelEvent<E> event, Context context, Collector<LabelOutcome<E>> out)
            throws Exception {
        output.begin(context, out);
        if (event instanceof LabelEvent.Impressed<E> impressed) {
            labelling.show(impressed, context.timerService());
        } else if (event instanceof LabelEvent.OfClick<E> click) {
            labelling.click(click.click(), context.timerService());
        }
    }

    @Override
    public void onTimer(long time, OnTimerContext context, Collector<LabelOutcome<E>> out)
            throws Exception {
        output.begin(context, out);
        labelling.onTimer(context.getCurrentKey(), time, context.timerService());
    }

    /** Impressions without a label, as far as this subtask has been told of them. */
    long waiting() {
        return waitingImpressions().count();
    }

    private WaitingImpressions waitingImpressions() {
        return Objects.requireNonNull(waiting, "not initialized");
    }

    private EventClock clock() {
        return Objects.requireNonNull(clock, "not initialized");
    }

    /** Tells what a function does not hear of: each watermark, and what state has been restored. */
    private static final class Clocked<E extends Labellable<E>>
            extends KeyedProcessOperator<String, LabelEvent<E>, LabelOutcome<E>> {

        private static final long serialVersionUID = 1L;

        Clocked(LabelJoin<E> join) {
            super(join);
        }

        @Override
        public void open() throws Exception {
            ((LabelJoin<E>) userFunction).hasFormerState =
                    FormerImpressionState.isIn(getKeyedStateBackend());
            super.open();
        }

        /** Before the timers, which ask for it. */
        @Override
        public void processWatermark(Watermark mark) throws Exception {
            ((LabelJoin<E>) userFunction).clock().advance(mark.getTimestamp());
            super.processWatermark(mark);
        }
    }
}
