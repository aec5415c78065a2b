package io.millrace.jobs.history.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowOrderTest {

    @TempDir Path directory;

    @Test
    void nothingHasAnOrderToo() throws Exception {
        try (RowOrder order = new RowOrder(directory, 0L)) {
            assertThat(places(order.finish())).isEmpty();
        }
    }

    /** However many rows are sorted at a time. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000, 20_000})
    void rowsAreByTimeThenTieThenAsTheyWere(int atATime) throws Exception {
        Random random = new Random(1);
        List<SortedRuns.Place> rows = new ArrayList<>();
        for (int line = 1; line <= 5000; line++) {
            long time = random.nextInt(200) - 100L;
            rows.add(new SortedRuns.Place(time, random.nextInt(5), (line - 1) * 2L, line));
        }
        List<SortedRuns.Place> sorted;
        try (RowOrder order = new RowOrder(directory, atATime);
                LineReader lines = LineReader.inOrder(file(rows.size()))) {
            for (SortedRuns.Place row : rows) {
                assertThat(lines.next()).isTrue();
                order.add(row.time(), row.tie(), lines.line());
            }
            sorted = places(order.finish());
        }

        assertThat(sorted)
                .containsExactlyElementsOf(
                        rows.stream()
                                .sorted(
                                        Comparator.comparingLong(SortedRuns.Place::time)
                                                .thenComparingLong(SortedRuns.Place::tie)
                                                .thenComparingLong(SortedRuns.Place::line))
                                .toList());
    }

    private Path file(int lines) throws Exception {
        return Files.writeString(directory.resolve("rows"), "x\n".repeat(lines));
    }

    private static List<SortedRuns.Place> places(SortedRuns runs) throws Exception {
        List<SortedRuns.Place> places = new ArrayList<>();
        try (SortedRuns.Merge merge = runs.open()) {
            for (SortedRuns.Place place = merge.next(); place != null; place = merge.next()) {
                places.add(place);
            }
        }
        return places;
    }
}
