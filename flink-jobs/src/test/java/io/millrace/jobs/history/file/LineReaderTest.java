package io.millrace.jobs.history.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineReaderTest {

    @TempDir Path directory;

    @Test
    void usageExample() throws IOException {
        Path file = write("a|b\r\n\n  \nlast");

        assertThat(lines(file, Long.MAX_VALUE))
                .containsExactly("1@0 a|b", "2@5 ", "3@6   ", "4@9 last");
    }

    @Test
    void aFileEndsWhereItIsSaidTo() throws IOException {
        assertThat(lines(write("one\ntwo\nthree\n"), 6)).containsExactly("1@0 one", "2@4 tw");
        assertThat(lines(write("one\ntwo\n"), 8)).hasSize(2);
    }

    @Test
    void readsLinesOfAllLengthsInOrderAndAnywhere() throws IOException {
        StringBuilder text = new StringBuilder();
        List<String> expected = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            String line = i + "-".repeat(i * 37 % 5000) + (i == 150 ? "#".repeat(2_500_000) : "");
            expected.add(line);
            offsets.add(text.length());
            text.append(line).append('\n');
        }
        Path file = write(text.toString());

        try (LineReader reader = LineReader.inOrder(file)) {
            for (String line : expected) {
                assertThat(reader.next()).isTrue();
                assertThat(reader.line().text()).isEqualTo(line);
            }
            assertThat(reader.next()).isFalse();
        }
        try (LineReader reader = LineReader.anywhere(file, Long.MAX_VALUE)) {
            for (int i = 0; i < 3000; i++) {
                int line = i * 149 % 3000;
                assertThat(reader.read(offsets.get(line), line + 1)).isTrue();
                assertThat(reader.line().text()).isEqualTo(expected.get(line));
                assertThat(reader.line().number()).isEqualTo(line + 1);
                assertThat(reader.line().offset()).isEqualTo((long) offsets.get(line));
            }
            assertThat(reader.read(text.length(), 3001)).isFalse();
        }
    }

    @Test
    void aLineLongerThanAnyEventIsNamed() throws IOException {
        Path file = write("short\n" + "x".repeat(5 << 20));

        assertThatThrownBy(() -> lines(file, Long.MAX_VALUE))
                .isInstanceOf(IOException.class)
                .hasMessage("line 2 is longer than 4,194,304 bytes");
    }

    @Test
    void fieldsAreCutByAnySeparator() throws IOException {
        Line line = line("1::Caf\u00e9: x::-27::\n");

        assertThat(line.cut("::")).isEqualTo(4);
        assertThat(line.whole(0)).isEqualTo(1);
        assertThat(line.text(1)).isEqualTo("Caf\u00e9: x");
        assertThat(line.whole(2)).isEqualTo(-27);
        assertThat(line.isEmpty(3)).isTrue();
        assertThat(line.isEmpty(2)).isFalse();
        assertThat(line.cut(",")).isEqualTo(1);
        assertThat(line("x,".repeat(200)).cut(",")).isEqualTo(201);
        assertThat(line("a:::b").cut("::")).isEqualTo(2);
    }

    @Test
    void onlyWholeNumbersAreWholeNumbers() throws IOException {
        for (String text : List.of("", "-", "1.5", "+1", " 1", "1e3", "9".repeat(19), "\u0661")) {
            Line line = line(text + ",");
            line.cut(",");
            assertThatThrownBy(() -> line.whole(0)).isInstanceOf(NumberFormatException.class);
        }
        Line largest = line("9".repeat(18));
        largest.cut(",");
        assertThat(largest.whole(0)).isEqualTo(999_999_999_999_999_999L);
    }

    private Line line(String text) throws IOException {
        try (LineReader reader = LineReader.inOrder(write(text))) {
            assertThat(reader.next()).isTrue();
            return reader.line();
        }
    }

    private static List<String> lines(Path file, long end) throws IOException {
        List<String> lines = new ArrayList<>();
        try (LineReader reader = LineReader.inOrder(file, end)) {
            while (reader.next()) {
                Line line = reader.line();
                lines.add(line.number() + "@" + line.offset() + " " + line.text());
            }
        }
        return lines;
    }

    private Path write(String text) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "lines", ".txt"), text);
    }
}
