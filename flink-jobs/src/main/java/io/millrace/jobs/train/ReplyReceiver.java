package io.millrace.jobs.train;

import io.millrace.jobs.telemetry.LogContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Receives, in the trainer's slot, the replies that shards could not hand over themselves, as those
 * of other task managers; hands them over in memory, and drops them when the trainer is gone. It
 * has no output; the loop closes outside the job graph.
 */
final class ReplyReceiver extends AbstractStreamOperator<ShardReply>
        implements OneInputStreamOperator<ShardReply, ShardReply> {

    private static final long serialVersionUID = 1L;

    private final String pipeline;

    ReplyReceiver(String pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public void open() throws Exception {
        super.open();
        LogContext.enter(getRuntimeContext());
    }

    @Override
    public void processElement(StreamRecord<ShardReply> element) {
        ShardReply reply = element.getValue();
        var unused =
                ReplyExchange.deliver(
                        TaskAddress.in(
                                getContainingTask().getEnvironment(),
                                pipeline,
                                reply.trainer().subtask()),
                        reply);
    }
}
