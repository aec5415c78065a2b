package io.millrace.jobs.label;

import io.millrace.jobs.label.LabelOutcome.Why;
import io.millrace.model.example.Labellable;
import io.millrace.model.loss.NegativeSample;
import java.util.List;
import java.util.Objects;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * The labels of impressions: does to state, timers and output what {@link LabelRules} make of an
 * event or timer of the impression id at hand.
 */
final class Labelling<E extends Labellable<E>> {

    private final LabelRules rules;
    private final NegativeSample sample;
    private final ImpressionState<E> state;
    private final EventClock clock;
    private final WaitingImpressions waiting;
    private final LabelOutput<E> output;
    private final EarlyClicks<E> early;

    Labelling(
            LabelRules rules,
            NegativeSample sample,
            ImpressionState<E> state,
            EventClock clock,
            WaitingImpressions waiting,
            LabelOutput<E> output) {
        this.rules = rules;
        this.sample = sample;
        this.state = state;
        this.clock = clock;
        this.waiting = waiting;
        this.output = output;
        early = new EarlyClicks<>(rules, state, clock, output);
    }

    void show(LabelEvent.Impressed<E> impressed, TimerService timers) throws Exception {
        String id = impressed.impressionId();
        E impression = impressed.example();
        long time = impression.eventTime();
        if (state.impression() != null) {
            output.duplicateImpression(id, time);
            return;
        }
        if (rules.isOver(time, clock.watermark())) {
            output.lateImpression(impressed);
            return;
        }
        // Before timers of the impression, one of which may be that of a click.
        List<Clicked> clicks = early.take(timers);
        waiting.increment();
        state.keep(impression);
        output.shown(id, impression);
        Said said = rules.atFirst();
        if (said == Said.SHOWN) {
            state.say(said);
            output.labelled(id, impression, Why.SHOWN, time);
        }
        timers.registerEventTimeTimer(rules.due(said, time));
        for (Clicked clicked : clicks) {
            click(impression, clicked);
        }
    }

    void click(Clicked clicked, TimerService timers) throws Exception {
        E impression = state.impression();
        if (impression == null) {
            early.keep(clicked, timers);
        } else {
            click(impression, clicked);
        }
    }

    void onTimer(String id, long time, TimerService timers) throws Exception {
        E impression = state.impression();
        if (impression == null) {
            early.expire(time, timers);
            return;
        }
        Said said = state.said();
        long shown = impression.eventTime();
        switch (rules.timer(said, shown, time, isAtEnd(timers))) {
            case TOO_SOON -> timers.registerEventTimeTimer(rules.due(said, shown));
            case TIMEOUT -> timeOut(id, impression, said, timers);
            case UNLABELLED -> {
                waiting.decrement();
                output.unlabelled(impression);
                state.forget();
            }
            case FORGET -> {
                if (said == Said.SHOWN) {
                    waiting.decrement();
                }
                state.forget();
            }
        }
    }

    private static boolean isAtEnd(TimerService timers) {
        return timers.currentWatermark() == Watermark.MAX_WATERMARK.getTimestamp();
    }

    private void timeOut(String id, E impression, Said before, TimerService timers)
            throws Exception {
        long shown = impression.eventTime();
        long end = rules.windowEnd(shown);
        Said now = sample.contains(id) ? Said.NEGATIVE : Said.UNSAMPLED;
        waiting.decrement();
        if (now == Said.NEGATIVE) {
            output.labelled(id, impression, Why.TIMEOUT, end);
        } else {
            output.unsampledNegative(id, impression, end);
        }
        Clicked late = before == Said.LATE_CLICK_WAITS ? state.lateClick() : null;
        if (late != null) {
            state.dropLateClick();
            correct(impression, late, now);
        } else if (rules.corrects()) {
            state.say(now);
        }
        if (rules.corrects()) {
            timers.registerEventTimeTimer(rules.due(now, shown));
        } else {
            state.forget();
        }
    }

    private void click(E impression, Clicked clicked) throws Exception {
        Said said = state.said();
        switch (rules.click(said, impression.eventTime(), clicked.time())) {
            case UNMATCHED -> output.withoutImpression(clicked);
            case POSITIVE -> makePositive(impression, clicked, said);
            case AWAITS_WINDOW_END -> awaitWindowEnd(clicked);
            case CORRECTION -> correct(impression, clicked, said);
            case DUPLICATE -> output.duplicateClick(clicked);
            case TOO_LATE -> output.lateClick(clicked);
        }
    }

    private void makePositive(E impression, Clicked clicked, Said before) throws Exception {
        if (before == Said.LATE_CLICK_WAITS) {
            output.duplicateClick(Objects.requireNonNull(state.lateClick()));
            state.dropLateClick();
        }
        waiting.decrement();
        state.say(Said.POSITIVE);
        output.labelled(clicked.impressionId(), impression, Why.CLICK, clicked.time());
    }

    /** The earliest late click makes the correction, once the negative is out. */
    private void awaitWindowEnd(Clicked clicked) throws Exception {
        Clicked before = state.lateClick();
        if (before != null && before.time() <= clicked.time()) {
            output.duplicateClick(clicked);
            return;
        }
        if (before != null) {
            output.duplicateClick(before);
        }
        state.keepLateClick(clicked);
    }

    private void correct(E impression, Clicked clicked, Said before) throws Exception {
        String id = clicked.impressionId();
        long time = rules.correctionTime(impression.eventTime(), clicked.time());
        if (before == Said.UNSAMPLED) {
            output.unsampledReversal(id, impression, time);
        } else {
            output.labelled(id, impression, Why.REVERSAL, time);
        }
        output.labelled(id, impression, Why.CORRECTION, time);
        state.say(Said.POSITIVE);
    }
}
