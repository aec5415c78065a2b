package io.millrace.jobs.history.file;

import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.history.TimeRange;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The events of files within a range of time, all of whose rows have been looked at. */
public interface FileHistory extends History {

    /** What the files are, for people. */
    String name();

    /** How many events of each kind are in the range. */
    EventCounts counts();

    /** From the first event in the range to right behind the last; null when there is none. */
    @Nullable TimeRange span();

    /** The same of all events of the files, in the range or not. */
    @Nullable TimeRange recorded();

    /** How many rows cannot be used. */
    long badRows();

    /**
     * Begins to read the profiles in the order of their time; those of the same time in the order
     * of the files, and of their records in these.
     */
    @Override
    default HistoryCursor<HistoryProfile> openProfiles() throws IOException {
        return HistoryCursor.empty();
    }

    /** Payloads are the same whatever the files hold. */
    @Override
    default EventFormat format() {
        return EventFormat.AVRO;
    }

    @Override
    default long size() {
        return counts().events();
    }

    @Override
    default SortedMap<String, String> facts() {
        SortedMap<String, String> facts = new TreeMap<>();
        facts.put("source", name());
        facts.put("impressions", Long.toString(counts().impressions()));
        facts.put("clicks", Long.toString(counts().clicks()));
        facts.put("ratings", Long.toString(counts().ratings()));
        if (!profiles().isEmpty()) {
            facts.put(
                    "profiles",
                    profiles().entrySet().stream()
                            .map(of -> of.getKey() + " " + of.getValue())
                            .collect(Collectors.joining(", ")));
        }
        facts.put("bad_rows", Long.toString(badRows()));
        TimeRange span = span();
        if (span != null) {
            facts.put("first_event", Spans.text(span.from()));
            facts.put("last_event", Spans.text(span.to() - 1));
        }
        return facts;
    }
}
