package io.millrace.jobs.label;

import io.millrace.jobs.label.LabelOutcome.Why;
import io.millrace.jobs.source.DeadLetters;
import io.millrace.jobs.source.Origin;
import io.millrace.model.example.Labellable;
import java.time.Duration;
import java.util.Objects;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * What the label join lets go out of the event or timer at hand, and counts: outcomes, dead
 * letters, and notes where the settings ask for them.
 */
final class LabelOutput<E extends Labellable<E>> {

    private static final Origin UNKNOWN_ORIGIN = new Origin("", -1, -1, -1);

    private final LabelSettings settings;
    private final Duration lateWindow;
    private final LabelCounters counters;

    private KeyedProcessFunction<String, LabelEvent<E>, LabelOutcome<E>>.@Nullable Context context;
    private @Nullable Collector<LabelOutcome<E>> out;

    LabelOutput(LabelSettings settings, LabelRules rules, LabelCounters counters) {
        this.settings = settings;
        lateWindow = Duration.ofMillis(rules.lateWindow());
        this.counters = counters;
    }

    /** From here on, what goes out is of the event or timer of this context. */
    void begin(
            KeyedProcessFunction<String, LabelEvent<E>, LabelOutcome<E>>.Context context,
            Collector<LabelOutcome<E>> out) {
        this.context = context;
        this.out = out;
    }

    // -- impressions and their labels

    void shown(String id, E impression) {
        if (settings.tellsShown()) {
            collect(new LabelOutcome.Shown<>(id, impression));
        }
    }

    void labelled(String id, E impression, Why why, long time) {
        counters.count(why);
        collect(new LabelOutcome.Labelled<>(id, why.label(impression), why, time));
    }

    void unsampledNegative(String id, E impression, long time) {
        counters.unsampledNegatives().inc();
        unsampled(id, impression, Why.TIMEOUT, time);
        note(LabelNote.Kind.UNSAMPLED_NEGATIVE, id, time, "is not in the sample");
    }

    void unsampledReversal(String id, E impression, long time) {
        unsampled(id, impression, Why.REVERSAL, time);
    }

    private void unsampled(String id, E impression, Why why, long time) {
        if (settings.tellsShown()) {
            collect(new LabelOutcome.Unsampled<>(id, why.label(impression), why, time));
        }
    }

    void unlabelled(E impression) {
        side(LabelJoin.UNLABELLED, impression.eventTime());
    }

    // -- what comes twice

    void duplicateImpression(String id, long time) {
        counters.duplicateImpressions().inc();
        note(LabelNote.Kind.DUPLICATE_IMPRESSION, id, time, "came before");
    }

    void duplicateClick(Clicked clicked) {
        counters.duplicateClicks().inc();
        note(
                LabelNote.Kind.DUPLICATE_CLICK,
                clicked.impressionId(),
                clicked.time(),
                "another click decides");
    }

    // -- dead letters

    void lateImpression(LabelEvent.Impressed<E> impressed) {
        counters.lateImpressions().inc();
        Received received = impressed.received();
        setAside(
                impressed.impressionId(),
                impressed.example().eventTime(),
                received == null ? UNKNOWN_ORIGIN : received.origin(),
                received == null ? new byte[0] : received.payload(),
                LabelNote.Kind.LATE_IMPRESSION,
                "impression "
                        + impressed.impressionId()
                        + " came when the "
                        + lateWindow
                        + " for its clicks were over; it may be one that came before");
    }

    void lateClick(Clicked clicked) {
        counters.lateClicks().inc();
        setAside(
                clicked,
                LabelNote.Kind.LATE_CLICK,
                "came later than the " + lateWindow + " after it");
    }

    void withoutImpression(Clicked clicked) {
        unmatched(clicked, "has no impression in the " + lateWindow + " before it");
    }

    void tooManyClicks(Clicked clicked, int max) {
        unmatched(clicked, "is one of more than " + max + " that came before it");
    }

    private void unmatched(Clicked clicked, String why) {
        counters.unmatchedClicks().inc();
        setAside(clicked, LabelNote.Kind.UNMATCHED_CLICK, why);
    }

    private void setAside(Clicked clicked, LabelNote.Kind kind, String why) {
        setAside(
                clicked.impressionId(),
                clicked.time(),
                clicked.origin(),
                clicked.payload(),
                kind,
                "click of impression " + clicked.impressionId() + " " + why);
    }

    private void setAside(
            String id,
            long time,
            Origin origin,
            byte[] payload,
            LabelNote.Kind kind,
            String detail) {
        side(
                LabelJoin.DEAD_LETTERS,
                DeadLetters.of(origin, payload, kind.name(), detail, System.currentTimeMillis()));
        note(kind, id, time, detail);
    }

    // -- to Flink

    private void note(LabelNote.Kind kind, String id, long time, String detail) {
        if (settings.tellsNotes()) {
            side(LabelJoin.NOTES, new LabelNote(id, kind, time, detail));
        }
    }

    private void collect(LabelOutcome<E> outcome) {
        Objects.requireNonNull(out, "nothing has begun").collect(outcome);
    }

    private <T> void side(OutputTag<T> tag, T value) {
        Objects.requireNonNull(context, "nothing has begun").output(tag, value);
    }
}
