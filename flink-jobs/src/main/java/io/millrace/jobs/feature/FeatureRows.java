package io.millrace.jobs.feature;

import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.jobs.wire.EventTypes;
import io.millrace.model.stream.KeyGroup;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.KeyRow;
import io.millrace.model.stream.StreamFeature;
import io.millrace.model.stream.StreamSpec;
import io.millrace.schemas.FeatureRow;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the rows of stream features, keyed by {@link FeatureEvent#row}, and answers what they held
 * before an event.
 *
 * <p>What happens to a row waits for the watermark and is then applied in the order of {@link
 * FeatureEvent#ORDER}: so an answer is a function of the events alone, however they were
 * interleaved, as long as none comes behind the watermark. Such a late one is applied at once, to
 * the row as it is, and counted.
 *
 * <p>Impressions of the same time do not see each other, as candidates of one request do not when
 * they are scored; ratings see those before them.
 *
 * <p>A changed row is told of once for each step of the watermark, and before a barrier.
 */
final class FeatureRows extends AbstractStreamOperator<FeatureAnswer>
        implements OneInputStreamOperator<FeatureEvent, FeatureAnswer>,
                Triggerable<String, VoidNamespace> {

    /** Rows that have changed, as they are on the topic. */
    static final OutputTag<FeatureRow> CHANGED =
            new OutputTag<>("changed-rows", EventTypes.FEATURE_ROW);

    private static final long serialVersionUID = 1L;

    private static final byte[] NO_ROW = {};

    /** So many changed rows are told of even when the watermark's step goes on. */
    private static final int MOST_CHANGED = 10_000;

    // -- configuration

    private final String model;
    private final List<StreamSpec> specs;
    private final boolean tellsChanges;

    // -- runtime

    private transient KeyGroups groups;
    private transient ValueState<byte[]> rows;
    private transient ListStateDescriptor<FeatureEvent> waiting;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient Map<String, FeatureRow> changed;
    private transient Counter late;

    /**
     * @param model whose rows they are, on the topic
     * @param specs of all that the rows are for
     * @param tellsChanges whether anybody wants to know of changed rows
     */
    FeatureRows(String model, List<StreamSpec> specs, boolean tellsChanges) {
        this.model = model;
        this.specs = List.copyOf(specs);
        this.tellsChanges = tellsChanges;
    }

    @Override
    public void open() throws Exception {
        super.open();
        LogContext.enter(getRuntimeContext());
        groups = KeyGroups.of(specs);
        rows =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        "row", BytePrimitiveArraySerializer.INSTANCE));
        waiting = new ListStateDescriptor<>("waiting", FeatureEventSerializer.TYPE);
        timers = getInternalTimerService("events", VoidNamespaceSerializer.INSTANCE, this);
        changed = new LinkedHashMap<>();
        late = getMetricGroup().counter(MetricNames.LATE_FEATURE_EVENTS);
    }

    @Override
    public void processElement(StreamRecord<FeatureEvent> element) throws Exception {
        FeatureEvent event = element.getValue();
        if (event.saysNothing()) {
            return;
        }
        if (event.time() <= timers.currentWatermark()) {
            late.inc();
            apply(List.of(event));
            return;
        }
        waitingFor(event.time()).add(event);
        timers.registerEventTimeTimer(VoidNamespace.INSTANCE, event.time());
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        ListState<FeatureEvent> sameTime = waitingFor(timer.getTimestamp());
        List<FeatureEvent> due = new ArrayList<>();
        sameTime.get().forEach(due::add);
        sameTime.clear();
        due.sort(FeatureEvent.ORDER);
        apply(due);
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
        throw new UnsupportedOperationException("there are no timers of processing time");
    }

    /** Changes are told of before the watermark that they come from goes on. */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (timeServiceManager != null) {
            timeServiceManager.advanceWatermark(mark);
        }
        tellChanges();
        output.emitWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        tellChanges();
    }

    @Override
    public void finish() throws Exception {
        tellChanges();
        super.finish();
    }

    /** What came behind the watermark since this attempt began. */
    long late() {
        return late.getCount();
    }

    /** What waits for this time. Adding to it does not read what is there. */
    private ListState<FeatureEvent> waitingFor(long time) throws Exception {
        return getPartitionedState(time, LongSerializer.INSTANCE, waiting);
    }

    /** To one row, in this order; all of them have the same time. */
    private void apply(List<FeatureEvent> events) throws Exception {
        FeatureEvent first = events.get(0);
        KeyGroup group = groups.get(first.group());
        if (group == null) {
            answerNothing(events);
            return;
        }
        byte[] stored = rows.value();
        byte[] before = stored == null ? NO_ROW : stored;
        // The row's bytes, null while nobody needs them.
        byte @Nullable [] bytes = before;
        KeyRow row = KeyRow.decode(group, before);
        boolean isChanged = false;
        boolean isSlate = events.stream().anyMatch(FeatureRows::isImpression);
        for (FeatureEvent event : events) {
            if (event.isQuestion()) {
                if (!isSlate && bytes == null) {
                    bytes = row.encode();
                }
                answer(event, isSlate || bytes == null ? before : bytes);
            }
            KeyRow after = event.update() == null ? row : row.after(event.update());
            if (after != row) {
                row = after;
                bytes = null;
                isChanged = true;
            }
        }
        if (isChanged) {
            byte[] changed = bytes == null ? row.encode() : bytes;
            rows.update(changed);
            change(first, row.timestamp(), changed);
        }
    }

    private static boolean isImpression(FeatureEvent event) {
        return event.isQuestion()
                && event.update() != null
                && event.update().is(StreamFeature.Occasion.IMPRESSION);
    }

    /** Events of a group that the pipeline file had when they came, and has no more. */
    private void answerNothing(List<FeatureEvent> events) {
        for (FeatureEvent event : events) {
            if (event.isQuestion()) {
                answer(event, NO_ROW);
            }
        }
    }

    private void answer(FeatureEvent question, byte[] row) {
        output.collect(
                new StreamRecord<>(
                        new FeatureAnswer(question.id(), question.part(), question.time(), row),
                        question.time()));
    }

    private void change(FeatureEvent event, long timestamp, byte[] row) {
        if (!tellsChanges) {
            return;
        }
        changed.put(
                event.row(),
                new FeatureRow(model, event.group(), event.key(), timestamp, ByteBuffer.wrap(row)));
        if (changed.size() >= MOST_CHANGED) {
            tellChanges();
        }
    }

    private void tellChanges() {
        for (FeatureRow row : changed.values()) {
            output.collect(CHANGED, new StreamRecord<>(row));
        }
        changed.clear();
    }
}
