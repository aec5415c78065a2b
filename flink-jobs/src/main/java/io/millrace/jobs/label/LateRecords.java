package io.millrace.jobs.label;

import io.millrace.model.example.Labellable;
import java.time.Duration;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Leaves impressions their records only where the label join may set them aside, so that the wire
 * to it does not carry every payload. Its watermark is never ahead of this one's.
 */
public final class LateRecords<E extends Labellable<E>>
        extends ProcessFunction<LabelEvent<E>, LabelEvent<E>> implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    // -- configuration

    private final long lateWindow;

    // -- runtime

    private transient @Nullable EventClock clock;

    LateRecords(Duration lateWindow) {
        this.lateWindow = lateWindow.toMillis();
    }

    /** Stands right behind a source of impressions, in its task. */
    public static <E extends Labellable<E>> SingleOutputStreamOperator<LabelEvent<E>> only(
            SingleOutputStreamOperator<LabelEvent<E>> impressions,
            Duration lateWindow,
            TypeInformation<LabelEvent<E>> type) {
        return impressions
                .process(new LateRecords<E>(lateWindow), type)
                .name("late impressions")
                .uid("late-records")
                .setParallelism(impressions.getParallelism());
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        clock = EventClock.restored(context);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        clock().snapshot();
    }

    @Override
    public void processElement(LabelEvent<E> event, Context context, Collector<LabelEvent<E>> out) {
        if (event instanceof LabelEvent.Impressed<E> impressed
                && clock().watermark(context.timerService())
                        < impressed.example().eventTime() + lateWindow) {
            out.collect(new LabelEvent.Impressed<>(impressed.impressionId(), impressed.example()));
        } else {
            out.collect(event);
        }
    }

    private EventClock clock() {
        return Objects.requireNonNull(clock, "not initialized");
    }
}
