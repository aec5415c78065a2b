package io.millrace.jobs.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.history.HistoryCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MergedCursorTest {

    private static final FileHistory A = new MergedHistory("a", List.of());
    private static final FileHistory B = new MergedHistory("b", List.of());

    private final List<String> closed = new ArrayList<>();

    /** The numbers alone are compared. */
    @Test
    void mergesAndClosesEachFileAtItsEnd() throws IOException {
        List<String> read = new ArrayList<>();
        try (MergedCursor<String> merged = merge(List.of(A, B))) {
            for (String next = merged.next(); next != null; next = merged.next()) {
                read.add(next + closed);
            }
            assertThat(merged.next()).isNull();
        }

        assertThat(read).containsExactly("1a[]", "1b[]", "2a[a]", "3b[a, b]");
        assertThat(closed).containsExactly("a", "b");
    }

    @Test
    void closesWhatIsOpenWhenAFileCannotBeOpened() {
        assertThatThrownBy(() -> merge(List.of(A, B, new MergedHistory("missing", List.of()))))
                .hasMessage("missing");

        assertThat(closed).containsExactly("a", "b");
    }

    private MergedCursor<String> merge(List<FileHistory> files) throws IOException {
        return new MergedCursor<>(
                files, this::open, Comparator.comparing(value -> value.charAt(0)));
    }

    private HistoryCursor<String> open(FileHistory file) throws IOException {
        return switch (file.name()) {
            case "a" -> new Noting("a", List.of("1a", "2a"));
            case "b" -> new Noting("b", List.of("1b", "3b"));
            default -> throw new IOException(file.name());
        };
    }

    private final class Noting implements HistoryCursor<String> {

        private final String name;
        private final Iterator<String> values;

        Noting(String name, List<String> values) {
            this.name = name;
            this.values = values.iterator();
        }

        @Override
        public @Nullable String next() {
            return values.hasNext() ? values.next() : null;
        }

        @Override
        public void close() {
            closed.add(name);
        }
    }
}
