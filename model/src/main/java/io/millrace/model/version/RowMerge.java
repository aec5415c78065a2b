package io.millrace.model.version;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a chain in ascending order of their unsigned key, each as its newest link has it,
 * tombstones included. Holds one row of each file in memory.
 */
public final class RowMerge implements Closeable {

    private static final Comparator<Source> KEY_THEN_NEWEST =
            ((Comparator<Source>) (a, b) -> Long.compareUnsigned(a.rows.key(), b.rows.key()))
                    .thenComparing(source -> source.link, Comparator.reverseOrder());

    private final PriorityQueue<Source> sources = new PriorityQueue<>(KEY_THEN_NEWEST);
    private final List<RowFileReader> readers = new ArrayList<>();
    private @Nullable Source current;

    /** The rows of a whole chain. */
    public RowMerge(VersionStorage storage, VersionChain chain) throws IOException {
        this(storage, chain.links());
    }

    /** The rows of one version of a chain. */
    public RowMerge(VersionStorage storage, VersionChain.Link link) throws IOException {
        this(storage, List.of(link));
    }

    private RowMerge(VersionStorage storage, List<VersionChain.Link> links) throws IOException {
        try {
            for (int link = 0; link < links.size(); link++) {
                for (PartInfo file : links.get(link).files()) {
                    RowFileReader reader = RowFileReader.open(storage, file);
                    readers.add(reader);
                    advance(new Source(link, reader));
                }
            }
        } catch (IOException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /**
     * The next row; valid until the next call.
     *
     * @return null at the end, when all files have proved intact
     */
    public @Nullable RowFileReader next() throws IOException {
        if (current != null) {
            advance(current);
        }
        current = sources.poll();
        if (current == null) {
            return null;
        }
        skipOlder(current);
        return current.rows;
    }

    @Override
    public void close() throws IOException {
        for (RowFileReader reader : readers) {
            reader.close();
        }
    }

    private void skipOlder(Source newest) throws IOException {
        for (Source other = sources.peek();
                other != null && other.rows.key() == newest.rows.key();
                other = sources.peek()) {
            if (other.link == newest.link) {
                throw new DamagedVersionException(
                        other.rows.file(),
                        "row "
                                + Long.toHexString(other.rows.key())
                                + " is also in "
                                + newest.rows.file()
                                + " of the same version");
            }
            sources.remove();
            advance(other);
        }
    }

    private void advance(Source source) throws IOException {
        if (source.rows.next()) {
            sources.add(source);
        }
    }

    private record Source(int link, RowFileReader rows) {}
}
