package io.millrace.jobs.movielens;

import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.file.Row;
import io.millrace.schemas.Rating;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** A rating, and where to find what is known of its user and item. */
record RatingRow(long seconds, long user, long item, double rating, Catalog catalog)
        implements Row {

    private static final List<HistoryEvent.Kind> KINDS = List.of(HistoryEvent.Kind.RATING);

    @Override
    public long time() {
        return seconds * 1000;
    }

    /** User, then item: their numbers are below 2^31. */
    @Override
    public long tie() {
        return user << 31 | item;
    }

    @Override
    public List<HistoryEvent.Kind> kinds() {
        return KINDS;
    }

    @Override
    public List<SpecificRecord> events(long time) {
        return List.of(event(time));
    }

    Rating event(long time) {
        return new Rating(
                time,
                Long.toString(user),
                Long.toString(item),
                rating,
                catalog.features(user, item));
    }
}
