package io.millrace.jobs.label;

import io.millrace.model.example.Labellable;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Leaves impressions their records only where the label join may set them aside, so that the wire
 * to it does not carry every payload.
 *
 * <p>The watermark here says nothing of the join's: while this source subtask is idle, that goes on
 * with the others'. But no valid event lies further ahead than {@code events.max-ahead} of the time
 * at which it is read, so no watermark does.
 */
public final class LateRecords<E extends Labellable<E>>
        extends ProcessFunction<LabelEvent<E>, LabelEvent<E>> {

    private static final long serialVersionUID = 1L;

    private final long lateWindow;
    private final long maxAhead;

    /**
     * @param maxAhead how far the watermark of the join may lie after now
     */
    LateRecords(Duration lateWindow, Duration maxAhead) {
        this.lateWindow = lateWindow.toMillis();
        this.maxAhead = maxAhead.toMillis();
    }

    /** Stands right behind a source of impressions, in its task. */
    public static <E extends Labellable<E>> SingleOutputStreamOperator<LabelEvent<E>> only(
            SingleOutputStreamOperator<LabelEvent<E>> impressions,
            Duration lateWindow,
            Duration maxAhead,
            TypeInformation<LabelEvent<E>> type) {
        return impressions
                .process(new LateRecords<E>(lateWindow, maxAhead), type)
                .name("late impressions")
                .uid("late-records")
                .setParallelism(impressions.getParallelism());
    }

    @Override
    public void processElement(LabelEvent<E> event, Context context, Collector<LabelEvent<E>> out) {
        if (event instanceof LabelEvent.Impressed<E> impressed
                && context.timerService().currentProcessingTime() + maxAhead
                        < impressed.example().eventTime() + lateWindow) {
            out.collect(new LabelEvent.Impressed<>(impressed.impressionId(), impressed.example()));
        } else {
            out.collect(event);
        }
    }
}
