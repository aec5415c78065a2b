package io.millrace.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.backtest.OutcomeFile.Progress;
import io.millrace.jobs.backtest.OutcomeFile.Recorded;
import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.model.evaluate.Outcomes;
import io.millrace.model.evaluate.Series;
import io.millrace.model.evaluate.SliceColumn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutcomeFileTest {

    private static final List<BacktestPipeline> PIPELINES = TestBacktests.pipelines("a", "b");
    private static final RejectedEvent FIRST = new RejectedEvent("x.csv, line 3", "", "R", "é");
    private static final RejectedEvent SECOND = new RejectedEvent("x.csv, line 5", "b", "R", "d");
    private static final RejectedEvent PROFILE = new RejectedEvent("p.csv, line 1", "", "R", "d");
    private static final RejectedEvent CLICK = new RejectedEvent("c-0, offset 5", "", "U", "d");

    @TempDir private Path directory;
    private Path file;
    private BacktestSettings settings;

    @BeforeEach
    void prepare() {
        file = directory.resolve("outcomes");
        settings = TestBacktests.settings(file, "user", "position");
    }

    @Test
    void usageExample() throws IOException {
        write();

        Recorded recorded = read();

        Outcomes outcomes = recorded.outcomes();
        assertThat(outcomes.series())
                .containsExactly(
                        new Series("a", "0"),
                        new Series("a", "never"),
                        new Series("b", "0"),
                        new Series("b", "never"));
        assertThat(outcomes.times()).containsExactly(1_000, 2_000, 1_500);
        assertThat(outcomes.users()).containsExactly(-7, 8, -7);
        assertThat(outcomes.labels()).containsExactly(1, 0, 1);
        assertThat(outcomes.weights()).containsExactly(1, 0.5f, 1);
        assertThat(outcomes.predictions()).hasDimensions(4, 3);
        assertThat(outcomes.predictions()[0]).containsExactly(0.1f, 0.2f, 0.3f);
        assertThat(outcomes.predictions()[1]).containsExactly(0.11f, 0.21f, 0.31f);
        assertThat(outcomes.predictions()[2]).containsExactly(0.12f, Float.NaN, 0.32f);
        assertThat(outcomes.predictions()[3]).containsExactly(0.13f, Float.NaN, 0.33f);
        assertThat(outcomes.slices())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(
                        new SliceColumn("user", false, List.of("ann", "日本"), new int[] {0, 1, 0}),
                        new SliceColumn("position", false, List.of("", "3"), new int[] {0, 1, 1}));
        assertThat(recorded.events()).isEqualTo(20);
        assertThat(recorded.unlabelled()).isEqualTo(4);
        assertThat(OutcomeFile.progress(file)).isEqualTo(new Progress(20, 3, 4));
    }

    @Test
    void rejectedEventsAreInTheOrderOfTheHistoryAndAheadOfProfiles() throws IOException {
        write();

        assertThat(read().rejected()).containsExactly(FIRST, SECOND, CLICK, PROFILE);
    }

    @Test
    void theFingerprintIsOfTimesLabelsAndContents() throws Exception {
        write();
        ByteBuffer all = ByteBuffer.allocate(3 * 24);
        all.putLong(1_000).putFloat(1).putFloat(1).putLong(70);
        all.putLong(2_000).putFloat(0).putFloat(0.5f).putLong(71);
        all.putLong(1_500).putFloat(1).putFloat(1).putLong(72);

        assertThat(read().fingerprint())
                .isEqualTo(
                        HexFormat.of()
                                .formatHex(
                                        MessageDigest.getInstance("SHA-256").digest(all.array())));
    }

    @Test
    void whatIsCutShortIsReadUpToTheLastWholeRecord() throws IOException {
        write();
        byte[] all = Files.readAllBytes(file);
        Recorded whole = read();
        int header = 8 + 24 + 12;
        int rows = 0;
        for (int length = header; length <= all.length; length++) {
            Files.write(file, Arrays.copyOf(all, length));

            Recorded cut = read();

            assertThat(cut.outcomes().size()).isBetween(rows, rows + 1);
            rows = cut.outcomes().size();
            for (int series = 0; series < 4; series++) {
                assertThat(cut.outcomes().predictions()[series])
                        .isEqualTo(Arrays.copyOf(whole.outcomes().predictions()[series], rows));
            }
            assertThat(whole.rejected()).containsAll(cut.rejected());
            for (int field = 0; field < 2; field++) {
                SliceColumn slice = cut.outcomes().slices().get(field);
                assertThat(slice.codes()).hasSize(rows);
                List<String> values = whole.outcomes().slices().get(field).values();
                assertThat(slice.values()).isEqualTo(values.subList(0, slice.values().size()));
            }
        }
        assertThat(rows).isEqualTo(3);
    }

    @Test
    void aCutFileKnowsHowManyEventsItsRowsTook() throws IOException {
        write();
        byte[] all = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(all, all.length - 1));

        assertThat(read().events()).isEqualTo(13);
        assertThat(read().unlabelled()).isZero();
    }

    @Test
    void theFingerprintGoesOnOverProfiles() throws Exception {
        try (OutcomeWriter writer = new OutcomeWriter(file, 2, 2, 2)) {
            writer.row(example(0, 1_000, 1, 1, 70, "ann", ""), new float[4]);
            writer.profiles(7, "ab12");
        }
        byte[] all =
                ByteBuffer.allocate(28)
                        .putLong(1_000)
                        .putFloat(1)
                        .putFloat(1)
                        .putLong(70)
                        .put("ab12".getBytes(StandardCharsets.UTF_8))
                        .array();

        assertThat(read().profiles()).isEqualTo(7);
        assertThat(read().fingerprint())
                .isEqualTo(
                        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all)));
    }

    @Test
    void whatWasFlushedIsThereForOthers() throws IOException {
        try (OutcomeWriter writer = new OutcomeWriter(file, 2, 2, 2)) {
            assertThat(OutcomeFile.progress(file)).isEqualTo(new Progress(0, 0, 0));
            writer.row(example(3, 1_000, 1, 1, 70, "ann", ""), new float[4]);
            writer.flush();

            assertThat(read().outcomes().size()).isEqualTo(1);
            assertThat(OutcomeFile.progress(file)).isEqualTo(new Progress(4, 1, 0));
        }
    }

    @Test
    void aTextLongerThanTheBufferIsWritten() throws IOException {
        RejectedEvent large = new RejectedEvent("o", "", "R", "d".repeat(200_000));
        try (OutcomeWriter writer = new OutcomeWriter(file, 2, 2, 2)) {
            writer.rejected(0, large);
        }

        assertThat(read().rejected()).containsExactly(large);
    }

    @Test
    void manyRowsAreWritten() throws IOException {
        try (OutcomeWriter writer = new OutcomeWriter(file, 2, 2, 2)) {
            for (int i = 0; i < 10_000; i++) {
                writer.row(
                        example(i, i, 1, 1, i, "u" + i, ""), new float[] {i, i + 1, i + 2, i + 3});
            }
        }

        Outcomes outcomes = read().outcomes();
        assertThat(outcomes.size()).isEqualTo(10_000);
        assertThat(outcomes.times()[9_999]).isEqualTo(9_999);
        assertThat(outcomes.predictions()[3][9_999]).isEqualTo(10_002);
        assertThat(outcomes.slices().get(0).codes()[9_999]).isEqualTo(9_999);
        assertThat(outcomes.slices().get(0).values().get(9_999)).isEqualTo("u9999");
    }

    @Test
    void anotherFileIsRefused() throws IOException {
        Files.writeString(file, "no outcomes, but long enough to hold a header of them");
        assertThatThrownBy(this::read)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("outcomes is no record");
        assertThatThrownBy(() -> OutcomeFile.progress(file))
                .hasMessageContaining("outcomes is no record");
        Files.writeString(file, "");
        assertThatThrownBy(this::read).hasMessageContaining("outcomes is no record");
        assertThatThrownBy(() -> OutcomeFile.progress(file))
                .hasMessageContaining("outcomes is no record");
    }

    @Test
    void theFileOfAnotherBacktestIsRefused() throws IOException {
        write();

        assertThatThrownBy(() -> OutcomeFile.read(file, TestBacktests.pipelines("a"), settings))
                .hasMessageContaining("it has 2 pipelines, this one 1");
        assertThatThrownBy(() -> OutcomeFile.read(file, PIPELINES, TestBacktests.settings(file)))
                .hasMessageContaining("it has 2 slice fields, this one 0");
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        write();

        assertThatThrownBy(this::write).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(read().outcomes().size()).isEqualTo(3);
    }

    private void write() throws IOException {
        try (OutcomeWriter writer = new OutcomeWriter(file, 2, 2, 2)) {
            writer.rejected(ReadEvent.PROFILE, PROFILE);
            writer.rejected(JudgeEvent.Rejected.LAST, CLICK);
            writer.rejected(5, SECOND);
            writer.row(
                    example(10, 1_000, 1, 1, 70, "ann", ""),
                    new float[] {0.1f, 0.11f, 0.12f, 0.13f});
            writer.row(
                    example(12, 2_000, 0, 0.5f, 71, "日本", "3"),
                    new float[] {0.2f, 0.21f, Float.NaN, Float.NaN});
            writer.rejected(3, FIRST);
            writer.row(
                    example(11, 1_500, 1, 1, 72, "ann", "3"),
                    new float[] {0.3f, 0.31f, 0.32f, 0.33f});
            writer.end(20, 4);
        }
    }

    private static JudgeEvent.Joined example(
            long number,
            long time,
            float label,
            float weight,
            long digest,
            String user,
            String position) {
        return new JudgeEvent.Joined(
                number,
                digest,
                user.equals("ann") ? -7 : 8,
                time,
                label,
                weight,
                List.of(user, position),
                new boolean[] {true, true});
    }

    private Recorded read() throws IOException {
        return OutcomeFile.read(file, PIPELINES, settings);
    }
}
