package io.millrace.jobs.train;

import io.millrace.jobs.telemetry.LogContext;
import io.millrace.jobs.telemetry.MetricNames;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.model.ModelSpec;
import io.millrace.model.loss.ExampleWeighting;
import io.millrace.model.metric.MetricExamples;
import io.millrace.model.metric.MetricSet;
import io.millrace.schemas.PrequentialMetrics;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Measures predictions made before learning, over the whole stream and since the last report. Its
 * sums are part of the checkpoint, so they count every example exactly once. Parallelism 1.
 */
final class Prequential extends AbstractStreamOperator<PrequentialMetrics>
        implements OneInputStreamOperator<BatchOutcome, PrequentialMetrics> {

    static final OutputTag<VersionPiece> PIECES =
            new OutputTag<>("metric-pieces", VersionPiece.TYPE);

    private static final long serialVersionUID = 1L;

    // -- configuration

    private final ModelSpec spec;
    private final ExampleWeighting weighting;
    private final long reportEvery;

    // -- runtime

    private transient ListState<byte[]> sums;
    private transient MetricExamples learned;
    private transient MetricSet total;
    private transient MetricSet window;
    private transient Map<String, Double> reported;
    private transient long maxEventTime;
    private transient boolean finished;

    Prequential(ModelSpec spec, ExampleWeighting weighting, long reportEvery) {
        this.spec = spec;
        this.weighting = weighting;
        this.reportEvery = reportEvery;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        sums =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(
                                        "sums", BytePrimitiveArraySerializer.INSTANCE));
        total = MetricSet.of(spec.objective());
        window = MetricSet.of(spec.objective());
        maxEventTime = Long.MIN_VALUE;
        var restored = sums.get().iterator();
        if (restored.hasNext()) {
            total = MetricSet.fromBytes(restored.next());
            window = MetricSet.fromBytes(restored.next());
            maxEventTime = ByteBuffer.wrap(restored.next()).getLong();
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        LogContext.enter(getRuntimeContext());
        reported = Map.of();
        learned = new MetricExamples(spec.objective(), weighting);
        getMetricGroup().gauge(MetricNames.EXAMPLES, () -> total.examples());
        MetricGroup window = getMetricGroup().addGroup(MetricNames.WINDOW);
        for (String name : total.names()) {
            getMetricGroup().gauge(name, () -> total.values().getOrDefault(name, Double.NaN));
            window.gauge(name, () -> reported.getOrDefault(name, Double.NaN));
        }
    }

    @Override
    public void processElement(StreamRecord<BatchOutcome> element) {
        BatchOutcome outcome = element.getValue();
        maxEventTime = Math.max(maxEventTime, outcome.maxEventTime());
        float[] labels = outcome.labels();
        float[] predictions = outcome.predictions()[0];
        float[] importances = outcome.importances();
        for (int i = 0; i < labels.length; i++) {
            learned.add(labels[i], predictions[i], importances[i], total);
            learned.add(labels[i], predictions[i], importances[i], window);
            if (total.examples() % reportEvery == 0) {
                report();
            }
        }
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        if (!finished) {
            emitPiece();
        }
    }

    @Override
    public void finish() throws Exception {
        if (window.examples() > 0) {
            report();
        }
        emitPiece();
        finished = true;
        super.finish();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        byte[] time = ByteBuffer.allocate(Long.BYTES).putLong(maxEventTime).array();
        sums.update(List.of(total.toBytes(), window.toBytes(), time));
    }

    private void report() {
        reported = window.values();
        output.collect(
                new StreamRecord<>(
                        PrequentialMetrics.newBuilder()
                                .setModel(spec.name())
                                .setTime(System.currentTimeMillis())
                                .setExamples(total.examples())
                                .setEventTime(maxEventTime)
                                .setTotal(new TreeMap<>(total.values()))
                                .setWindow(new TreeMap<>(reported))
                                .build()));
        window = MetricSet.of(spec.objective());
    }

    private void emitPiece() {
        output.collect(
                PIECES,
                new StreamRecord<>(
                        new VersionPiece.Metrics(total.examples(), new TreeMap<>(total.values()))));
    }
}
