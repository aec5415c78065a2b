package io.millrace.jobs.feature;

import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.model.example.Labellable;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.StreamSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings labels and answers together, keyed by the event's id, and sends on complete examples.
 *
 * <p>A label waits until the watermark has passed it and all answers are there; they are, unless
 * the event was late. Examples leave when the watermark moves, in the order of {@link
 * LabelledDraft#order}: so with one subtask their order is a function of the events alone, late
 * ones aside, wherever failures and checkpoints fall.
 *
 * <p>The first label of an event makes its example complete; corrections that follow have the same
 * values. What is kept of an event lasts until its late window has passed, or where labels are
 * never corrected until its example has left.
 */
final class Assemble<E extends Labellable<E>> extends AbstractStreamOperator<E>
        implements TwoInputStreamOperator<LabelledDraft<E>, FeatureAnswer, E>,
                Triggerable<String, Byte> {

    private static final Logger LOG = LoggerFactory.getLogger(Assemble.class);
    private static final long serialVersionUID = 1L;

    /** Kinds of timers: a label is due, nothing more will be heard of an event. */
    private static final byte DUE = 0;

    private static final byte END = 1;

    // -- configuration

    private final List<StreamSpec> specs;
    private final Completion<E> completion;
    private final TypeInformation<E> examples;
    private final TypeInformation<LabelledDraft<E>> drafts;
    private final @Nullable Long lateWindow;

    // -- runtime

    private transient RowEvents events;
    private transient Completion.Opened<E> completing;
    private transient MapState<Integer, byte[]> answers;
    private transient ListState<LabelledDraft<E>> labels;
    private transient ValueState<E> complete;
    private transient InternalTimerService<Byte> timers;
    private transient List<Due<E>> due;
    private transient long dueTime;
    private transient Counter incomplete;

    /**
     * @param specs of all that the rows are for, as {@link FeatureRows} has them
     * @param lateWindow how long after its event a label may come; null when each event has one
     *     label, which comes with it
     */
    Assemble(
            List<StreamSpec> specs,
            Completion<E> completion,
            TypeInformation<E> examples,
            TypeInformation<LabelledDraft<E>> drafts,
            @Nullable Duration lateWindow) {
        this.specs = List.copyOf(specs);
        this.completion = completion;
        this.examples = examples;
        this.drafts = drafts;
        this.lateWindow = lateWindow == null ? null : (Long) lateWindow.toMillis();
    }

    @Override
    public void open() throws Exception {
        super.open();
        LogContext.enter(getRuntimeContext());
        events = new RowEvents(KeyGroups.of(specs));
        completing = completion.open();
        answers =
                getRuntimeContext()
                        .getMapState(
                                new MapStateDescriptor<>(
                                        "answers",
                                        Types.INT,
                                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        labels = getRuntimeContext().getListState(new ListStateDescriptor<>("labels", drafts));
        complete = getRuntimeContext().getState(new ValueStateDescriptor<>("complete", examples));
        timers = getInternalTimerService("events", ByteSerializer.INSTANCE, this);
        due = new ArrayList<>();
        dueTime = Long.MIN_VALUE;
        incomplete = getMetricGroup().counter(MetricNames.INCOMPLETE_EXAMPLES);
    }

    @Override
    public void processElement1(StreamRecord<LabelledDraft<E>> element) throws Exception {
        LabelledDraft<E> label = element.getValue();
        labels.add(label);
        timers.registerEventTimeTimer(DUE, label.time());
        if (lateWindow != null) {
            endAfter(label.draft().eventTime());
        }
    }

    @Override
    public void processElement2(StreamRecord<FeatureAnswer> element) throws Exception {
        FeatureAnswer answer = element.getValue();
        answers.put(answer.part(), answer.row());
        if (answer.time() <= timers.currentWatermark()) {
            // A label may have waited for it alone; the next step of the watermark sees to that.
            for (LabelledDraft<E> label : labels.get()) {
                timers.registerEventTimeTimer(DUE, label.time());
            }
        }
        if (lateWindow != null && answer.part() == 0) {
            endAfter(answer.time());
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, Byte> timer) throws Exception {
        if (timer.getTimestamp() != dueTime) {
            sendDue();
            dueTime = timer.getTimestamp();
        }
        take(timer.getTimestamp());
        if (timer.getNamespace() == END) {
            forget();
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<String, Byte> timer) {
        throw new UnsupportedOperationException("there are no timers of processing time");
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (timeServiceManager != null) {
            timeServiceManager.advanceWatermark(mark);
        }
        sendDue();
        output.emitWatermark(mark);
    }

    /** Labels that were dropped since this attempt began. */
    long incomplete() {
        return incomplete.getCount();
    }

    /** Labels go behind the end of the late window, when what is kept is no longer needed. */
    private void endAfter(long eventTime) {
        timers.registerEventTimeTimer(END, eventTime + Objects.requireNonNull(lateWindow) + 1);
    }

    /** Makes complete what has a label until then, if all answers are there. */
    private void take(long time) throws Exception {
        List<LabelledDraft<E>> later = new ArrayList<>();
        List<LabelledDraft<E>> known = new ArrayList<>();
        for (LabelledDraft<E> label : labels.get()) {
            (label.time() <= time ? known : later).add(label);
        }
        if (known.isEmpty()) {
            return;
        }
        E example = complete(known.get(0).draft());
        if (example == null) {
            return;
        }
        for (LabelledDraft<E> label : known) {
            E labelled = label.draft().example();
            due.add(new Due<>(label, example.labelled(labelled.label(), labelled.weight())));
        }
        labels.update(later);
    }

    /** The example with its stream features; null as long as an answer is missing. */
    private @Nullable E complete(Draft<E> draft) throws Exception {
        E known = complete.value();
        if (known != null) {
            return known;
        }
        Map<Integer, byte[]> rows = new HashMap<>();
        for (Map.Entry<Integer, byte[]> answer : answers.entries()) {
            rows.put(answer.getKey(), answer.getValue());
        }
        Map<String, List<byte[]>> found = events.rows(draft.keys(), rows);
        if (found == null) {
            return null;
        }
        E example = completing.complete(draft.example(), found);
        answers.clear();
        if (lateWindow != null) {
            complete.update(example);
        }
        return example;
    }

    private void forget() throws Exception {
        for (LabelledDraft<E> label : labels.get()) {
            incomplete.inc();
            LOG.warn(
                    "label {} of event {} is dropped: what its stream features were is no longer"
                            + " known, as when labels.late-window was made longer meanwhile",
                    label.draft().example().label(),
                    label.id());
        }
        labels.clear();
        answers.clear();
        complete.clear();
    }

    private void sendDue() {
        due.sort(Comparator.comparing(Due::label, LabelledDraft.order()));
        for (Due<E> one : due) {
            output.collect(new StreamRecord<>(one.example(), one.label().time()));
        }
        due.clear();
    }

    private record Due<E extends Labellable<E>>(LabelledDraft<E> label, E example) {}
}
