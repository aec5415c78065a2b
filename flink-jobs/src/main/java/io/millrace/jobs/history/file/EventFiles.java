package io.millrace.jobs.history.file;

import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.history.TimeRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Files of our own events, as JSON lines or in Avro's object container format. */
public final class EventFiles {

    private static final byte[] AVRO = {'O', 'b', 'j', 1};
    private static final int LOOKED_AT = 4096;

    private EventFiles() {}

    /** The events of a file, if it is one of ours by its first bytes. */
    public static Optional<FileHistory> ofFile(
            Path file, TimeRange range, Path scratch, BadRows badRows) throws IOException {
        byte[] head = head(file);
        if (Arrays.equals(head, 0, Math.min(AVRO.length, head.length), AVRO, 0, AVRO.length)) {
            return Optional.of(
                    AvroProfiles.areIn(file)
                            ? AvroProfiles.of(file, range, scratch)
                            : AvroHistory.of(file, range, scratch));
        }
        return isJson(head)
                ? Optional.of(
                        RowHistory.of(new EventLines(file.toString()), range, scratch, badRows))
                : Optional.empty();
    }

    /**
     * The events of all files of a directory, if one is ours. Hidden, empty and marker files, whose
     * names begin with a dot or an underscore, are passed over.
     *
     * @throws HistoryException when there are other files beside them
     */
    public static Optional<FileHistory> ofDirectory(
            Path directory, TimeRange range, Path scratch, BadRows badRows) throws IOException {
        List<FileHistory> ours = new ArrayList<>();
        List<Path> others = new ArrayList<>();
        for (Path file : files(directory)) {
            Optional<FileHistory> events =
                    Files.isRegularFile(file)
                            ? ofFile(file, range, scratch, badRows)
                            : Optional.empty();
            events.ifPresentOrElse(ours::add, () -> others.add(file));
        }
        if (ours.isEmpty()) {
            return Optional.empty();
        }
        if (!others.isEmpty()) {
            throw new HistoryException(
                    ("%s holds files of events, but also %s, which is neither JSON lines nor Avro;"
                                    + " name a directory of events alone, or a single file")
                            .formatted(directory, others.get(0).getFileName()));
        }
        return Optional.of(
                ours.size() == 1
                        ? ours.get(0)
                        : new MergedHistory(
                                "%d files of events in %s".formatted(ours.size(), directory),
                                ours));
    }

    /** What a directory holds, by name, but for what is to be passed over. */
    public static List<Path> files(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path file : (Iterable<Path>) all.sorted()::iterator) {
                String name = String.valueOf(file.getFileName());
                boolean isEmpty = Files.isRegularFile(file) && Files.size(file) == 0;
                if (!name.startsWith(".") && !name.startsWith("_") && !isEmpty) {
                    files.add(file);
                }
            }
        }
        return files;
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file)) {
            return bytes.readNBytes(LOOKED_AT);
        }
    }

    private static boolean isJson(byte[] head) {
        for (byte first : head) {
            if (first > ' ') {
                return first == '{';
            }
        }
        return false;
    }
}
