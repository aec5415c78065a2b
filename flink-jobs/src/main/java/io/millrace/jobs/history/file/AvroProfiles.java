package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.history.TimeRange;
import io.millrace.schemas.Profile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The profiles of an Avro object container file whose records are in the order of time. Its records
 * do not say which profile they are of, so that is the file's name up to its first dot or plus
 * sign.
 *
 * @param before event time, milliseconds since the epoch; those that hold from then on are left out
 * @param count how many are left
 */
record AvroProfiles(String file, String profile, long before, long count) implements FileHistory {

    private static final Pattern END_OF_NAME = Pattern.compile("[.+]");

    /** Whether a file holds profiles. */
    static boolean areIn(Path file) {
        try (AvroRecords records = new AvroRecords(file)) {
            return records.schema().equals(Profile.getClassSchema());
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Looks at a file of profiles. If they are not in order, they are copied to a scratch file and
     * read from there.
     *
     * @param scratch a directory that outlives the history
     * @throws HistoryException when it cannot be read to its end
     */
    static FileHistory of(Path file, TimeRange range, Path scratch) {
        String profile = END_OF_NAME.split(String.valueOf(file.getFileName()), 2)[0];
        long count = 0;
        boolean isInOrder = true;
        try (Cursor profiles = new Cursor(file, profile, range.to())) {
            long last = Long.MIN_VALUE;
            for (HistoryProfile next = profiles.next(); next != null; next = profiles.next()) {
                long time = next.origin().arrivalTime();
                isInOrder &= time >= last;
                last = time;
                count++;
            }
            if (!isInOrder) {
                return ordered(file, profile, range, scratch);
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return new AvroProfiles(file.toString(), profile, range.to(), count);
    }

    @Override
    public String name() {
        return name(file);
    }

    @Override
    public EventCounts counts() {
        return EventCounts.NONE;
    }

    @Override
    public @Nullable TimeRange span() {
        return null;
    }

    @Override
    public @Nullable TimeRange recorded() {
        return null;
    }

    @Override
    public long badRows() {
        return 0;
    }

    @Override
    public HistoryCursor<HistoryEvent> open() {
        return HistoryCursor.empty();
    }

    @Override
    public SortedMap<String, Long> profiles() {
        return count == 0
                ? Collections.emptySortedMap()
                : new TreeMap<>(Collections.singletonMap(profile, count));
    }

    @Override
    public HistoryCursor<HistoryProfile> openProfiles() throws IOException {
        return new Cursor(Path.of(file), profile, before);
    }

    private static String name(String file) {
        return "Avro " + file;
    }

    private static FileHistory ordered(Path file, String profile, TimeRange range, Path scratch)
            throws IOException {
        Path copy = Files.createTempFile(scratch, "profiles-", ".lines");
        try (Cursor profiles = new Cursor(file, profile, Long.MAX_VALUE);
                BufferedWriter writer = Files.newBufferedWriter(copy)) {
            for (HistoryProfile next = profiles.next(); next != null; next = profiles.next()) {
                ProfileLines.write(next.payload(), writer);
            }
        }
        ProfileLines lines =
                new ProfileLines(
                        name(file.toString()),
                        copy.toString(),
                        String.valueOf(file.getFileName()),
                        profile);
        BadRows none =
                (copied, line, problem) -> {
                    throw new HistoryException("%s, record %d: %s".formatted(file, line, problem));
                };
        return RowHistory.of(lines, range, scratch, none);
    }

    private static HistoryException unreadable(Path file, IOException e) {
        return new HistoryException(file + " cannot be read: " + e.getMessage());
    }

    private static final class Cursor implements HistoryCursor<HistoryProfile> {

        private final String profile;
        private final long before;
        private final AvroRecords records;

        Cursor(Path file, String profile, long before) throws IOException {
            this.profile = profile;
            this.before = before;
            records = new AvroRecords(file);
        }

        @Override
        public @Nullable HistoryProfile next() throws IOException {
            AvroRecords.Stored record = records.next();
            while (record != null && record.time() >= before) {
                record = records.next();
            }
            return record == null
                    ? null
                    : new HistoryProfile(profile, record.origin(), record.payload());
        }

        @Override
        public void close() throws IOException {
            records.close();
        }
    }
}
