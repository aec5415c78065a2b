package io.millrace.jobs.backtest;

import io.millrace.jobs.train.Sync;
import io.millrace.model.example.Example;
import java.util.List;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * One pipeline's share of the joined stream.
 *
 * <p>The joined stream has a watermark behind almost every example. A parameter server asks of them
 * only when serving gets other weights, and sends each on at once, at a cost not far from that of
 * an example; so it gets those that pass a sync, and the last.
 */
final class PickExample extends AbstractStreamOperator<Example>
        implements OneInputStreamOperator<BacktestExample, Example> {

    private static final long serialVersionUID = 1L;

    // -- configuration

    private final int pipeline;
    private final List<Sync> syncs;

    // -- runtime

    private transient long newest;
    private transient long sent;

    PickExample(int pipeline, List<Sync> syncs) {
        this.pipeline = pipeline;
        this.syncs = syncs;
    }

    @Override
    public void open() throws Exception {
        super.open();
        newest = Long.MIN_VALUE;
        sent = Long.MIN_VALUE;
    }

    @Override
    public void processElement(StreamRecord<BacktestExample> element) {
        Example example = element.getValue().example(pipeline);
        if (example != null) {
            output.collect(new StreamRecord<>(example, example.eventTime()));
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (mark.equals(Watermark.MAX_WATERMARK)) {
            if (newest != sent) {
                super.processWatermark(new Watermark(newest));
            }
            super.processWatermark(mark);
            return;
        }
        newest = mark.getTimestamp();
        if (sent == Long.MIN_VALUE || passesASync()) {
            sent = newest;
            super.processWatermark(mark);
        }
    }

    private boolean passesASync() {
        for (Sync sync : syncs) {
            if (sync instanceof Sync.Lagging lagging
                    && lagging.epochReached(newest) != lagging.epochReached(sent)) {
                return true;
            }
        }
        return false;
    }
}
