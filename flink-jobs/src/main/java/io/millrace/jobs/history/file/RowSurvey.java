package io.millrace.jobs.history.file;

import io.millrace.jobs.history.TimeRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A look at all rows of a file. */
final class RowSurvey {

    private final RowFormat format;
    private final TimeRange range;
    private final long fileEnd;
    private final Periods periods;

    private EventCounts counts = EventCounts.NONE;
    private @Nullable TimeRange span;
    private @Nullable TimeRange recorded;
    private boolean isInOrder = true;
    private final SortedMap<String, Long> profiles = new TreeMap<>();
    private long lastProfile = Long.MIN_VALUE;
    private boolean profilesAreInOrder = true;
    private long rows;
    private long bad;

    RowSurvey(RowFormat format, TimeRange range, long fileEnd) {
        this.format = format;
        this.range = range;
        this.fileEnd = fileEnd;
        periods = new Periods(format.period());
    }

    RowHistory history(Path scratch, BadRows badRows) throws IOException {
        check(badRows);
        SortedRuns order = null;
        if (!isInOrder) {
            try (RowOrder sorting = new RowOrder(scratch, rows)) {
                take(sorting);
                order = sorting.finish();
            }
        } else if (periods.areSpread()) {
            take(null);
        }
        return new RowHistory(
                format,
                range,
                fileEnd,
                periods,
                order,
                profilesAreInOrder ? null : profileOrder(scratch),
                counts,
                profiles,
                span,
                recorded,
                bad);
    }

    /** Checks every row; also counts those in the range if they have a time of their own. */
    private void check(BadRows badRows) throws IOException {
        BadRows counting =
                (file, line, problem) -> {
                    bad++;
                    badRows.found(file, line, problem);
                };
        try (RowReader reader = new RowReader(format, fileEnd, counting)) {
            long lastTime = Long.MIN_VALUE;
            long lastTie = Long.MIN_VALUE;
            for (Row row = reader.nextOfAny(); row != null; row = reader.nextOfAny()) {
                long time = row.time();
                Row.NamedProfile profile = row.profile();
                if (profile != null) {
                    count(profile, time);
                    continue;
                }
                long tie = row.tie();
                rows++;
                isInOrder &= time > lastTime || (time == lastTime && tie >= lastTie);
                lastTime = time;
                lastTie = tie;
                periods.count(time);
                if (!periods.areSpread()) {
                    count(row, time);
                }
            }
        }
    }

    /** Tells all rows in the range to the sorting; where rows are spread, counts those. */
    private void take(@Nullable RowOrder sorting) throws IOException {
        Periods.Clock clock = periods.clock();
        try (RowReader reader = new RowReader(format, fileEnd, (file, line, problem) -> {})) {
            for (Row row = reader.next(); row != null; row = reader.next()) {
                long time = clock.next(row.time());
                if (periods.areSpread()) {
                    count(row, time);
                }
                if (sorting != null && range.contains(time)) {
                    sorting.add(time, row.tie(), reader.line());
                }
            }
        }
    }

    private SortedRuns profileOrder(Path scratch) throws IOException {
        long count = profiles.values().stream().mapToLong(Long::longValue).sum();
        try (RowOrder sorting = new RowOrder(scratch, count);
                RowReader reader = new RowReader(format, fileEnd, (file, line, problem) -> {})) {
            Row.NamedProfile row = reader.nextProfile();
            while (row != null) {
                long time = row.profile().getTimestamp();
                if (time < range.to()) {
                    sorting.add(time, 0, reader.line());
                }
                row = reader.nextProfile();
            }
            return sorting.finish();
        }
    }

    private void count(Row.NamedProfile profile, long time) {
        if (time < range.to()) {
            profiles.merge(profile.name(), 1L, Long::sum);
            profilesAreInOrder &= time >= lastProfile;
            lastProfile = time;
        }
    }

    private void count(Row row, long time) {
        recorded = Spans.with(recorded, time);
        if (range.contains(time)) {
            span = Spans.with(span, time);
            counts = counts.plus(row.kinds());
        }
    }
}
