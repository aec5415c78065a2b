package io.millrace.jobs.backtest;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Puts examples whose stream features were found in the place of those that lacked them. The first
 * input is the joined stream as it would be without stream features, the second has its examples
 * filled in, in another order. What leaves has the order of the first, and its watermarks at the
 * same places: so what a pipeline learns does not depend on whether another one has stream
 * features. Parallelism 1.
 *
 * <p>What waits is no state: the only checkpoint of a backtest comes when nothing waits any more.
 */
final class FillIn extends AbstractStreamOperator<BacktestExample>
        implements TwoInputStreamOperator<BacktestExample, BacktestExample, BacktestExample> {

    private static final long serialVersionUID = 1L;

    private transient Queue<Next> order;
    private transient Map<Place, BacktestExample> filled;

    @Override
    public void open() throws Exception {
        super.open();
        order = new ArrayDeque<>();
        filled = new HashMap<>();
    }

    @Override
    public void processElement1(StreamRecord<BacktestExample> lacking) {
        order.add(new Next(Place.of(lacking.getValue()), null));
        sendOn();
    }

    @Override
    public void processElement2(StreamRecord<BacktestExample> complete) {
        filled.put(Place.of(complete.getValue()), complete.getValue());
        sendOn();
    }

    @Override
    public void processWatermark1(Watermark mark) {
        order.add(new Next(null, mark));
        sendOn();
    }

    /** The order is that of the first input. */
    @Override
    public void processWatermark2(Watermark mark) {}

    @Override
    public void finish() throws Exception {
        if (!order.isEmpty() || !filled.isEmpty()) {
            throw new IllegalStateException(
                    "the end has come, but the stream features of "
                            + order.size()
                            + " examples were not found, and "
                            + filled.size()
                            + " were found of examples that there are not");
        }
        super.finish();
    }

    private void sendOn() {
        while (!order.isEmpty()) {
            Next next = order.element();
            if (next.mark != null) {
                output.emitWatermark(next.mark);
            } else {
                BacktestExample example = filled.remove(next.place);
                if (example == null) {
                    return;
                }
                output.collect(new StreamRecord<>(example, example.eventTime()));
            }
            order.remove();
        }
    }

    /** An example, or a watermark. */
    private record Next(@Nullable Place place, @Nullable Watermark mark) {}

    /** Which example of the stream: an event has several with a label and weight of their own. */
    private record Place(long number, float label, float weight) {
        static Place of(BacktestExample example) {
            return new Place(example.number(), example.label(), example.weight());
        }
    }
}
