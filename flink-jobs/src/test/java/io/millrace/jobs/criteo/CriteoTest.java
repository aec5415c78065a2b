package io.millrace.jobs.criteo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.EventCounts;
import io.millrace.jobs.history.file.FileHistory;
import io.millrace.jobs.history.file.ReadEvents;
import io.millrace.jobs.history.file.RowHistory;
import io.millrace.jobs.history.file.ToldRows;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CriteoTest {

    private static final String LOCATION = "millrace.criteo";
    private static final long BEGIN = Criteo.BEGIN.toEpochMilli();
    private static final long DAY = Duration.ofDays(1).toMillis();

    @TempDir Path directory;

    private final ToldRows badRows = new ToldRows();

    @Test
    void rowsAreImpressionsAndClicksOverSevenDays() throws Exception {
        Path file =
                write(
                        row("0", Map.of(1, "5", 2, "-3", 14, "68fd1e64", 39, "9727dd16")),
                        row("1", Map.of()),
                        "",
                        row("0", Map.of(13, "2147483648")));

        FileHistory history = read(file, TimeRange.ALL);

        assertThat(ReadEvents.records(history))
                .containsExactly(
                        shown(
                                1,
                                BEGIN,
                                Map.of("I1", 5L, "I2", -3L, "C1", "68fd1e64", "C26", "9727dd16")),
                        shown(2, BEGIN + 7 * DAY / 3, Map.of()),
                        new Click("criteo-2", BEGIN + 7 * DAY / 3),
                        shown(4, BEGIN + 14 * DAY / 3, Map.of("I13", 2147483648L)));
        assertThat(ReadEvents.places(history))
                .containsExactly("train.txt:1", "train.txt:2", "train.txt:2", "train.txt:4");
        assertThat(history.counts()).isEqualTo(new EventCounts(3, 1, 0));
        assertThat(badRows.told()).isEmpty();
    }

    @Test
    void badRowsAreToldAndTakeNoTime() throws Exception {
        Path file =
                write(
                        row("0", Map.of()),
                        row("2", Map.of()),
                        row("", Map.of()),
                        row("0", Map.of(3, "1.5")),
                        row("0", Map.of(3, "x")),
                        "0\t1",
                        row("0", Map.of()) + "\t",
                        row("1", Map.of()));

        FileHistory history = read(file, TimeRange.ALL);

        assertThat(ReadEvents.records(history))
                .containsExactly(
                        shown(1, BEGIN, Map.of()),
                        shown(8, BEGIN + 7 * DAY / 2, Map.of()),
                        new Click("criteo-8", BEGIN + 7 * DAY / 2));
        assertThat(badRows.told())
                .hasSize(6)
                .allMatch(told -> told.contains("expected a label 0 or 1, 13 whole numbers"));
        assertThat(badRows.told().get(4)).startsWith("train.txt:6: ").endsWith("found \"0\t1\"");
        assertThat(history.badRows()).isEqualTo(6);
    }

    @Test
    void aRangeIsOfTheSpreadTimes() throws Exception {
        String[] rows = new String[7];
        Arrays.fill(rows, row("1", Map.of()));
        Path file = write(rows);

        FileHistory history = read(file, new TimeRange(BEGIN + DAY, BEGIN + 3 * DAY));

        assertThat(ReadEvents.places(history))
                .containsExactly("train.txt:2", "train.txt:2", "train.txt:3", "train.txt:3");
        assertThat(history.counts()).isEqualTo(new EventCounts(2, 2, 0));
        assertThat(history.span()).isEqualTo(new TimeRange(BEGIN + DAY, BEGIN + 2 * DAY + 1));
        assertThat(history.recorded()).isEqualTo(new TimeRange(BEGIN, BEGIN + 6 * DAY + 1));
    }

    @Test
    void theExampleHasAllFeatures() throws Exception {
        Map<Integer, String> values = new HashMap<>();
        for (int column = 1; column < 40; column++) {
            values.put(column, "7");
        }
        FileHistory history = read(write(row("0", values)), TimeRange.ALL);
        Impression shown = (Impression) ReadEvents.records(history).get(0);

        ModelSpec model = PipelineConfigReader.read(Path.of("../examples/criteo.yaml")).model();

        assertThat(model.features())
                .extracting(FeatureSpec::name)
                .containsExactlyInAnyOrderElementsOf(shown.getFeatures().keySet());
        Example example =
                new FeatureExtractor(model).extract("u", "i", shown.getFeatures(), Map.of(), BEGIN);
        assertThat(Arrays.stream(example.keys()).map(ParameterKey::hash).boxed())
                .hasSize(26)
                .doesNotContain(ParameterKey.MISSING_HASH);
    }

    @Test
    void aSampleOfTheRealDataIsRead() throws Exception {
        Path real =
                Path.of(System.getProperty(LOCATION, "../../shared/data/criteo-sample"))
                        .resolve("train.tsv");
        assumeTrue(
                Files.exists(real),
                () -> "there is no %s; -D%s=DIR names another place".formatted(real, LOCATION));

        FileHistory history = read(real, TimeRange.ALL);

        List<SpecificRecord> events = ReadEvents.records(history);
        assertThat(badRows.told()).isEmpty();
        assertThat(history.counts().impressions()).isEqualTo(7200);
        assertThat(history.counts().clicks())
                .isEqualTo(
                        Files.readAllLines(real).stream().filter(l -> l.startsWith("1\t")).count());
        assertThat(events.get(0))
                .isInstanceOfSatisfying(
                        Impression.class,
                        first ->
                                assertThat(first.getFeatures())
                                        .containsEntry("I1", 1L)
                                        .containsEntry("I5", 1382L)
                                        .doesNotContainKey("I12")
                                        .containsEntry("C1", "68fd1e64")
                                        .doesNotContainKey("C22")
                                        .containsEntry("C26", "9727dd16"));
    }

    private FileHistory read(Path file, TimeRange range) {
        return RowHistory.of(new Criteo(file.toString()), range, directory, badRows);
    }

    /** A row with a few values, by column from 0; all others are missing. */
    private static String row(String label, Map<Integer, String> values) {
        StringBuilder row = new StringBuilder(label);
        for (int column = 1; column < 40; column++) {
            row.append('\t').append(values.getOrDefault(column, ""));
        }
        return row.toString();
    }

    private static Impression shown(int line, long time, Map<String, Object> features) {
        return new Impression("criteo-" + line, time, "unknown", "unknown", features);
    }

    private Path write(String... rows) throws IOException {
        return Files.writeString(directory.resolve("train.txt"), String.join("\n", rows) + "\n");
    }
}
