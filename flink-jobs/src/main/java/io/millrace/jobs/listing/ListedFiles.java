package io.millrace.jobs.listing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The files that a listing's job writes, and the way from them to one listing: examples in the
 * order in which they are learned, with everything else where event time had come when it was seen.
 * The order is a function of the events alone.
 *
 * @param examples lines of examples
 * @param notes lines of what the label join made no example of
 * @param rejected lines of what did not reach it
 */
public record ListedFiles(Path examples, Path notes, Path rejected) {

    /** In a folder of their own. */
    public static ListedFiles in(Path folder) {
        return new ListedFiles(
                folder.resolve("examples"), folder.resolve("notes"), folder.resolve("rejected"));
    }

    /** Gives all lines, as JSON, in one order. */
    public void merge(Consumer<String> lines) throws IOException {
        List<Head> heads = new ArrayList<>();
        try {
            for (Path file : List.of(examples, notes, rejected)) {
                if (Files.exists(file)) {
                    heads.add(new Head(Files.newBufferedReader(file)));
                }
            }
            for (Head first = first(heads); first != null; first = first(heads)) {
                lines.accept(Listing.json(first.next()));
            }
        } finally {
            for (Head head : heads) {
                head.reader.close();
            }
        }
    }

    private static @Nullable Head first(List<Head> heads) {
        Head first = null;
        for (Head head : heads) {
            if (head.line != null && (first == null || head.time < first.time)) {
                first = head;
            }
        }
        return first;
    }

    /** A file's next line; its time is the largest so far, since files keep their order. */
    private static final class Head {

        private final BufferedReader reader;
        private @Nullable String line;
        private long time = Long.MIN_VALUE;

        Head(BufferedReader reader) throws IOException {
            this.reader = reader;
            advance();
        }

        String next() throws IOException {
            String current = String.valueOf(line);
            advance();
            return current;
        }

        private void advance() throws IOException {
            line = reader.readLine();
            if (line != null) {
                time = Math.max(time, Listing.time(line));
            }
        }
    }
}
