package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryProfile;
import io.millrace.jobs.history.ProfileCursor;
import io.millrace.jobs.history.TimeRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The events of several files by time; of the same time impressions come before clicks, clicks
 * before ratings, and then files in their order. Those of one file stay in its order. Profiles are
 * by time, and then files in their order, too.
 */
public record MergedHistory(String name, List<FileHistory> files) implements FileHistory {

    public MergedHistory {
        files = List.copyOf(files);
    }

    @Override
    public EventCounts counts() {
        return files.stream().map(FileHistory::counts).reduce(EventCounts.NONE, EventCounts::plus);
    }

    @Override
    public SortedMap<String, Long> profiles() {
        SortedMap<String, Long> profiles = new TreeMap<>();
        for (FileHistory file : files) {
            file.profiles().forEach((name, count) -> profiles.merge(name, count, Long::sum));
        }
        return profiles;
    }

    @Override
    public @Nullable TimeRange span() {
        TimeRange span = null;
        for (FileHistory file : files) {
            span = Spans.together(span, file.span());
        }
        return span;
    }

    @Override
    public @Nullable TimeRange recorded() {
        TimeRange recorded = null;
        for (FileHistory file : files) {
            recorded = Spans.together(recorded, file.recorded());
        }
        return recorded;
    }

    @Override
    public long badRows() {
        return files.stream().mapToLong(FileHistory::badRows).sum();
    }

    @Override
    public HistoryCursor open() throws IOException {
        return new Cursor(files);
    }

    @Override
    public ProfileCursor openProfiles() throws IOException {
        return new Profiles(files);
    }

    private static final class Profiles implements ProfileCursor {

        private final List<ProfileCursor> open = new ArrayList<>();
        private final PriorityQueue<ProfileHead> heads =
                new PriorityQueue<>(
                        Comparator.comparingLong(ProfileHead::time)
                                .thenComparingInt(ProfileHead::file));

        Profiles(List<FileHistory> files) throws IOException {
            try {
                for (FileHistory file : files) {
                    open.add(file.openProfiles());
                    advance(open.size() - 1);
                }
            } catch (IOException | RuntimeException e) {
                close();
                throw e;
            }
        }

        @Override
        public @Nullable HistoryProfile next() throws IOException {
            ProfileHead first = heads.poll();
            if (first == null) {
                return null;
            }
            advance(first.file);
            return first.profile;
        }

        @Override
        public void close() throws IOException {
            for (ProfileCursor cursor : open) {
                cursor.close();
            }
        }

        private void advance(int file) throws IOException {
            HistoryProfile profile = open.get(file).next();
            if (profile == null) {
                open.get(file).close();
                open.set(file, ProfileCursor.NONE);
            } else {
                heads.add(new ProfileHead(profile, file));
            }
        }
    }

    private static final class Cursor implements HistoryCursor {

        private final List<HistoryCursor> open = new ArrayList<>();
        private final PriorityQueue<Head> heads =
                new PriorityQueue<>(
                        Comparator.comparingLong((Head head) -> head.event.time())
                                .thenComparing(head -> head.event.kind())
                                .thenComparingInt(head -> head.file));

        Cursor(List<FileHistory> files) throws IOException {
            try {
                for (FileHistory file : files) {
                    open.add(file.open());
                    advance(open.size() - 1);
                }
            } catch (IOException | RuntimeException e) {
                close();
                throw e;
            }
        }

        @Override
        public @Nullable HistoryEvent next() throws IOException {
            Head first = heads.poll();
            if (first == null) {
                return null;
            }
            advance(first.file);
            return first.event;
        }

        @Override
        public void close() throws IOException {
            for (HistoryCursor cursor : open) {
                cursor.close();
            }
        }

        private void advance(int file) throws IOException {
            HistoryEvent event = open.get(file).next();
            if (event != null) {
                heads.add(new Head(event, file));
            }
        }
    }

    private record Head(HistoryEvent event, int file) {}

    private record ProfileHead(HistoryProfile profile, int file) {

        /** A record of a file arrived when it holds from. */
        long time() {
            return profile.origin().arrivalTime();
        }
    }
}
