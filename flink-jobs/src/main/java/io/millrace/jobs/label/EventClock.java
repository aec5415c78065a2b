package io.millrace.jobs.label;

import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * A watermark that a restore does not take back. Flink's own begins anew with each attempt, so that
 * what was too late before would be in time again.
 */
final class EventClock {

    private static final String NEWEST = "newest";

    private final BroadcastState<String, Long> state;
    private long newest;
    private long now;

    private EventClock(BroadcastState<String, Long> state, long newest) {
        this.state = state;
        this.newest = newest;
        now = newest;
    }

    /**
     * Behind a shuffle all subtasks have been given the same watermarks at a barrier, so that each
     * may go on with that of any other: after a rescale a subtask is given one copy, whose ever it
     * was, and none could take the largest of all without union state. So each must be told of all
     * watermarks, also one that has seen no event.
     */
    static EventClock restored(FunctionInitializationContext context) throws Exception {
        BroadcastState<String, Long> state =
                context.getOperatorStateStore()
                        .getBroadcastState(
                                new MapStateDescriptor<>("watermark", Types.STRING, Types.LONG));
        Long newest = state.get(NEWEST);
        return new EventClock(state, newest == null ? Long.MIN_VALUE : newest);
    }

    /** Milliseconds since the epoch. The end of a bounded input is no time to be restored. */
    void advance(long watermark) {
        now = Math.max(now, watermark);
        // Another run may go on behind the end.
        if (watermark != Watermark.MAX_WATERMARK.getTimestamp()) {
            newest = now;
        }
    }

    /** The watermark now, in milliseconds since the epoch. */
    long watermark() {
        return now;
    }

    void snapshot() throws Exception {
        state.put(NEWEST, newest);
    }
}
