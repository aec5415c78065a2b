package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryEvent;
import java.io.Serializable;
import java.util.List;

/** How many events there are of each kind. */
public record EventCounts(long impressions, long clicks, long ratings) implements Serializable {

    public static final EventCounts NONE = new EventCounts(0, 0, 0);

    public long events() {
        return impressions + clicks + ratings;
    }

    /** With those of other events. */
    public EventCounts plus(EventCounts other) {
        return new EventCounts(
                impressions + other.impressions, clicks + other.clicks, ratings + other.ratings);
    }

    EventCounts plus(List<HistoryEvent.Kind> kinds) {
        EventCounts counts = this;
        for (HistoryEvent.Kind kind : kinds) {
            counts = counts.plus(kind);
        }
        return counts;
    }

    /** With one more of a kind. */
    public EventCounts plus(HistoryEvent.Kind kind) {
        return switch (kind) {
            case IMPRESSION -> new EventCounts(impressions + 1, clicks, ratings);
            case CLICK -> new EventCounts(impressions, clicks + 1, ratings);
            case RATING -> new EventCounts(impressions, clicks, ratings + 1);
        };
    }
}
