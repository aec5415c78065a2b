package io.millrace.jobs.label;

import io.millrace.jobs.label.Kept.Early;
import io.millrace.jobs.label.Kept.Shown;
import io.millrace.jobs.label.LabelOutcome.Why;
import io.millrace.model.example.Labellable;
import io.millrace.model.loss.NegativeSample;
import java.util.List;
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
        Kept<E> before = state.get();
        if (before instanceof Shown<E>) {
            output.duplicateImpression(id, time);
            return;
        }
        if (rules.isOver(time, clock.watermark())) {
            output.lateImpression(impressed);
            return;
        }
        List<Clicked> clicks = List.of();
        if (before instanceof Early<E> waited) {
            // Before timers of the impression, one of which may be that of a click.
            early.stopWaiting(waited, timers);
            clicks = waited.clicks();
        }
        waiting.increment();
        output.shown(id, impression);
        Said said = rules.atFirst();
        if (said == Said.SHOWN) {
            output.labelled(id, impression, Why.SHOWN, time);
        }
        timers.registerEventTimeTimer(rules.due(said, time));
        Shown<E> shown = Shown.of(impression, said);
        for (Clicked clicked : clicks) {
            shown = afterClick(shown, clicked);
        }
        state.keep(shown);
    }

    void click(Clicked clicked, TimerService timers) throws Exception {
        Kept<E> before = state.get();
        if (before instanceof Shown<E> shown) {
            Shown<E> after = afterClick(shown, clicked);
            if (!after.equals(shown)) {
                state.keep(after);
            }
        } else {
            early.keep(clicked, (Early<E>) before, timers);
        }
    }

    void onTimer(String id, long time, TimerService timers) throws Exception {
        Kept<E> kept = state.get();
        if (kept instanceof Early<E> clicks) {
            early.expire(clicks, timers);
        } else if (kept instanceof Shown<E> shown) {
            onTimer(id, shown, time, timers);
        }
    }

    private void onTimer(String id, Shown<E> shown, long time, TimerService timers)
            throws Exception {
        Said said = shown.said();
        switch (rules.timer(said, shown.time(), time, isAtEnd(timers))) {
            case TOO_SOON -> timers.registerEventTimeTimer(rules.due(said, shown.time()));
            case TIMEOUT -> timeOut(id, shown, timers);
            case UNLABELLED -> {
                waiting.decrement();
                output.unlabelled(shown.impression());
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

    private void timeOut(String id, Shown<E> shown, TimerService timers) throws Exception {
        E impression = shown.impression();
        long end = rules.windowEnd(shown.time());
        Said now = sample.contains(id) ? Said.NEGATIVE : Said.UNSAMPLED;
        waiting.decrement();
        if (now == Said.NEGATIVE) {
            output.labelled(id, impression, Why.TIMEOUT, end);
        } else {
            output.unsampledNegative(id, impression, end);
        }
        Shown<E> after = shown.negative(now);
        if (shown.lateClick() != null) {
            after = corrected(after, shown.lateClick());
        }
        if (rules.corrects()) {
            state.keep(after);
            timers.registerEventTimeTimer(rules.due(now, shown.time()));
        } else {
            state.forget();
        }
    }

    private Shown<E> afterClick(Shown<E> shown, Clicked clicked) {
        switch (rules.click(shown.said(), shown.time(), clicked.time())) {
            case UNMATCHED -> output.withoutImpression(clicked);
            case DUPLICATE -> output.duplicateClick(clicked);
            case TOO_LATE -> output.lateClick(clicked);
            case POSITIVE -> {
                return positive(shown, clicked);
            }
            case AWAITS_WINDOW_END -> {
                return awaitingWindowEnd(shown, clicked);
            }
            case CORRECTION -> {
                return corrected(shown, clicked);
            }
        }
        return shown;
    }

    private Shown<E> positive(Shown<E> shown, Clicked clicked) {
        if (shown.lateClick() != null) {
            output.duplicateClick(shown.lateClick());
        }
        waiting.decrement();
        output.labelled(clicked.impressionId(), shown.impression(), Why.CLICK, clicked.time());
        return shown.positive();
    }

    /** The earliest late click makes the correction, once the negative is out. */
    private Shown<E> awaitingWindowEnd(Shown<E> shown, Clicked clicked) {
        Clicked before = shown.lateClick();
        if (before != null && before.time() <= clicked.time()) {
            output.duplicateClick(clicked);
            return shown;
        }
        if (before != null) {
            output.duplicateClick(before);
        }
        return shown.waitingWith(clicked);
    }

    private Shown<E> corrected(Shown<E> shown, Clicked clicked) {
        String id = clicked.impressionId();
        E impression = shown.impression();
        long time = rules.correctionTime(shown.time(), clicked.time());
        if (shown.said() == Said.UNSAMPLED) {
            output.unsampledReversal(id, impression, time);
        } else {
            output.labelled(id, impression, Why.REVERSAL, time);
        }
        output.labelled(id, impression, Why.CORRECTION, time);
        return shown.positive();
    }
}
