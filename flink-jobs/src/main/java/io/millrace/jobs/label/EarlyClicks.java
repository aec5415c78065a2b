package io.millrace.jobs.label;

import io.millrace.model.example.Labellable;
import java.util.List;
import org.apache.flink.streaming.api.TimerService;

/**
 * The clicks that come before their impression. They wait for it until one that they could belong
 * to would be too late, and are dead letters then.
 */
final class EarlyClicks<E extends Labellable<E>> {

    /** Of one id; nobody clicks that often. */
    private static final int MAX = 16;

    private final LabelRules rules;
    private final ImpressionState<E> state;
    private final EventClock clock;
    private final LabelOutput<E> output;

    EarlyClicks(
            LabelRules rules, ImpressionState<E> state, EventClock clock, LabelOutput<E> output) {
        this.rules = rules;
        this.state = state;
        this.clock = clock;
        this.output = output;
    }

    void keep(Clicked clicked, TimerService timers) throws Exception {
        if (rules.isOver(clicked.time(), clock.watermark())) {
            output.withoutImpression(clicked);
            return;
        }
        List<Clicked> early = state.earlyClicks();
        if (early.stream().anyMatch(other -> other.time() == clicked.time())) {
            output.duplicateClick(clicked);
            return;
        }
        if (early.size() == MAX) {
            output.tooManyClicks(clicked, MAX);
            return;
        }
        state.addEarlyClick(clicked, early.isEmpty());
        timers.registerEventTimeTimer(waitsUntil(clicked));
    }

    /** Those that need wait no longer at this time become dead letters. */
    void expire(long time, TimerService timers) throws Exception {
        for (Clicked clicked : state.takeEarlyClicks()) {
            if (rules.isOver(clicked.time(), time)) {
                output.withoutImpression(clicked);
            } else {
                keep(clicked, timers);
            }
        }
    }

    /** In the order of event time; their impression has come. */
    List<Clicked> take(TimerService timers) throws Exception {
        List<Clicked> early = state.takeEarlyClicks();
        for (Clicked clicked : early) {
            timers.deleteEventTimeTimer(waitsUntil(clicked));
        }
        return early;
    }

    private long waitsUntil(Clicked clicked) {
        return rules.lateEnd(clicked.time());
    }
}
