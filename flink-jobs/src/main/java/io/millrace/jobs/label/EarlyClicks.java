package io.millrace.jobs.label;

import io.millrace.jobs.label.Kept.Early;
import io.millrace.model.example.Labellable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.streaming.api.TimerService;
import org.jspecify.annotations.Nullable;

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

    /**
     * @param before those that wait already; null when none does
     */
    void keep(Clicked clicked, @Nullable Early<E> before, TimerService timers) throws Exception {
        if (isOver(clicked)) {
            output.withoutImpression(clicked);
            return;
        }
        List<Clicked> clicks = new ArrayList<>(before == null ? List.of() : before.clicks());
        if (clicks.stream().anyMatch(other -> other.time() == clicked.time())) {
            output.duplicateClick(clicked);
            return;
        }
        if (clicks.size() == MAX) {
            output.tooManyClicks(clicked, MAX);
            return;
        }
        clicks.add(clicked);
        clicks.sort(Comparator.comparingLong(Clicked::time));
        state.keep(new Early<>(clicks));
        timers.registerEventTimeTimer(waitsUntil(clicked));
    }

    /** Those that need wait no longer become dead letters. */
    void expire(Early<E> early, TimerService timers) throws Exception {
        List<Clicked> left = new ArrayList<>();
        for (Clicked clicked : early.clicks()) {
            if (isOver(clicked)) {
                output.withoutImpression(clicked);
            } else {
                // Its timer may have been set under another configuration.
                timers.registerEventTimeTimer(waitsUntil(clicked));
                left.add(clicked);
            }
        }
        if (left.isEmpty()) {
            state.forget();
        } else {
            state.keep(new Early<>(left));
        }
    }

    /** Their impression has come. */
    void stopWaiting(Early<E> early, TimerService timers) {
        for (Clicked clicked : early.clicks()) {
            timers.deleteEventTimeTimer(waitsUntil(clicked));
        }
    }

    private boolean isOver(Clicked clicked) {
        return rules.isOver(clicked.time(), clock.watermark());
    }

    private long waitsUntil(Clicked clicked) {
        return rules.lateEnd(clicked.time());
    }
}
