package io.millrace.jobs.cli.stream;

import io.millrace.jobs.avazu.Avazu;
import io.millrace.jobs.criteo.Criteo;
import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.BadRows;
import io.millrace.jobs.history.file.EventFiles;
import io.millrace.jobs.history.file.FileHistory;
import io.millrace.jobs.history.file.LineReader;
import io.millrace.jobs.history.file.RowFormat;
import io.millrace.jobs.history.file.RowHistory;
import io.millrace.jobs.movielens.MovieLens;
import io.millrace.jobs.movielens.MovieLensException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Recorded events in files and directories of every known format, which their content tells. */
public final class Histories {

    private static final String EXPECTED =
            "a file of our events as JSON lines or Avro, a directory of such files, a directory of"
                    + " MovieLens (with u.data, ratings.dat or ratings.csv), Criteo's train.txt or"
                    + " Avazu's train.csv, unpacked";
    private static final int LOOKED_AT = 20;

    private Histories() {}

    /**
     * Looks at all that is there.
     *
     * @param input a file or a directory
     * @param range which events to take
     * @param scratch a directory for files that are needed as long as the history
     * @param badRows told of every row that cannot be used
     * @throws HistoryException when there is nothing, nothing known, or no event in the range
     */
    public static FileHistory open(Path input, TimeRange range, Path scratch, BadRows badRows) {
        try {
            FileHistory history =
                    Files.isDirectory(input)
                            ? ofDirectory(input, range, scratch, badRows)
                            : ofFile(input, range, scratch, badRows);
            checkEvents(input, range, history);
            return history;
        } catch (MovieLensException e) {
            throw new HistoryException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new HistoryException(input + " cannot be read: " + e.getMessage());
        }
    }

    private static FileHistory ofDirectory(
            Path input, TimeRange range, Path scratch, BadRows badRows) throws IOException {
        Optional<MovieLens> movieLens = MovieLens.in(input);
        if (movieLens.isPresent()) {
            return RowHistory.of(movieLens.get(), range, scratch, badRows);
        }
        List<Path> files = EventFiles.files(input);
        if (files.size() == 1 && Files.isRegularFile(files.get(0))) {
            return ofFile(files.get(0), range, scratch, badRows);
        }
        return EventFiles.ofDirectory(input, range, scratch, badRows)
                .orElseThrow(
                        () ->
                                new HistoryException(
                                        "%s holds no known data; expected %s; found %s"
                                                .formatted(input, EXPECTED, names(files))));
    }

    private static FileHistory ofFile(Path input, TimeRange range, Path scratch, BadRows badRows)
            throws IOException {
        if (!Files.exists(input)) {
            throw new HistoryException(
                    "there is no file or directory %s; expected %s".formatted(input, EXPECTED));
        }
        if (Files.size(input) == 0) {
            throw new HistoryException(input + " is empty; expected " + EXPECTED);
        }
        Optional<FileHistory> events = EventFiles.ofFile(input, range, scratch, badRows);
        if (events.isPresent()) {
            return events.get();
        }
        RowFormat rows = rows(input);
        if (rows == null) {
            throw new HistoryException(
                    "%s is of no known format; expected %s; found \"%s\""
                            .formatted(input, EXPECTED, beginning(input)));
        }
        return RowHistory.of(rows, range, scratch, badRows);
    }

    private static @Nullable RowFormat rows(Path input) {
        try (LineReader lines = LineReader.inOrder(input)) {
            for (int i = 0; i < LOOKED_AT && lines.next(); i++) {
                if (i == 0 && Avazu.isHeader(lines.line())) {
                    return new Avazu(input.toString());
                }
                if (Criteo.isRow(lines.line())) {
                    return new Criteo(input.toString());
                }
            }
        } catch (IOException e) {
            // What is not made of lines is none of these.
        }
        return null;
    }

    private static void checkEvents(Path input, TimeRange range, FileHistory history) {
        if (history.size() > 0) {
            return;
        }
        TimeRange recorded = history.recorded();
        if (recorded == null) {
            long profiles = history.profiles().values().stream().mapToLong(Long::longValue).sum();
            throw new HistoryException(
                    "%s has no events; rows that cannot be used: %,d%s"
                            .formatted(
                                    input,
                                    history.badRows(),
                                    profiles == 0
                                            ? ""
                                            : "; records of profiles, which are no events: %,d"
                                                    .formatted(profiles)));
        }
        throw new HistoryException(
                "%s has no events%s%s; its events are of %s to %s"
                        .formatted(
                                input,
                                range.from() == Long.MIN_VALUE ? "" : " from " + time(range.from()),
                                range.to() == Long.MAX_VALUE ? "" : " before " + time(range.to()),
                                time(recorded.from()),
                                time(recorded.to() - 1)));
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    private static String names(List<Path> files) {
        if (files.isEmpty()) {
            return "nothing";
        }
        List<String> names =
                files.stream().limit(5).map(file -> String.valueOf(file.getFileName())).toList();
        return String.join(", ", names) + (files.size() > names.size() ? ", ..." : "");
    }

    /** How a file begins, in printable characters. */
    private static String beginning(Path file) throws IOException {
        try (var bytes = Files.newInputStream(file)) {
            StringBuilder text = new StringBuilder();
            for (byte b : bytes.readNBytes(60)) {
                text.append(b >= ' ' && b < 127 ? (char) b : b == '\t' ? ' ' : '.');
            }
            return text.toString();
        }
    }
}
