package io.millrace.jobs.label;

import java.util.Objects;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.jspecify.annotations.Nullable;

/**
 * A watermark that a restore does not take back. Flink's own begins anew with each attempt, so that
 * what was too late before would be in time again.
 */
final class EventClock {

    private static final String NEWEST = "newest";

    private final BroadcastState<String, Long> state;
    private long newest;
    private @Nullable TimerService timers;

    private EventClock(BroadcastState<String, Long> state, long newest) {
        this.state = state;
        this.newest = newest;
    }

    /**
     * Behind a shuffle all subtasks have the same watermark at a barrier, so that each may go on
     * with that of any other.
     */
    static EventClock restored(FunctionInitializationContext context) throws Exception {
        BroadcastState<String, Long> state =
                context.getOperatorStateStore()
                        .getBroadcastState(
                                new MapStateDescriptor<>("watermark", Types.STRING, Types.LONG));
        Long newest = state.get(NEWEST);
        return new EventClock(state, newest == null ? Long.MIN_VALUE : newest);
    }

    /** The watermark now, in milliseconds since the epoch. */
    long watermark(TimerService service) {
        timers = service;
        return Math.max(advance(), service.currentWatermark());
    }

    void snapshot() throws Exception {
        state.put(NEWEST, advance());
    }

    /** The end of a bounded input is no time, and another run may go on behind it. */
    private long advance() {
        if (timers != null) {
            long now = Objects.requireNonNull(timers).currentWatermark();
            newest = now == Watermark.MAX_WATERMARK.getTimestamp() ? newest : Math.max(newest, now);
        }
        return newest;
    }
}
