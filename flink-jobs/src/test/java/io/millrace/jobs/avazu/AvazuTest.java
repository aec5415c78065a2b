package io.millrace.jobs.avazu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.EventCounts;
import io.millrace.jobs.history.file.FileHistory;
import io.millrace.jobs.history.file.ReadEvents;
import io.millrace.jobs.history.file.RowHistory;
import io.millrace.jobs.history.file.ToldRows;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvazuTest {

    private static final String LOCATION = "millrace.avazu";
    private static final String HEADER =
            "id,click,hour,C14,banner_pos,device_id,device_ip,device_model";
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long SIX = Instant.parse("2014-10-21T06:00:00Z").toEpochMilli();

    @TempDir Path directory;

    private final ToldRows badRows = new ToldRows();

    @Test
    void rowsAreImpressionsAndClicksOverTheirHour() throws Exception {
        Path file =
                write(
                        HEADER,
                        "100,0,14102106,15704,-1,a99f214a,ip1,m1",
                        "18446744073709551615,1,14102106,7,1,d1,ip2,m2",
                        "102,0,14102107,,,d1,00000001,m2");

        FileHistory history = read(file, TimeRange.ALL);

        assertThat(ReadEvents.records(history))
                .containsExactly(
                        new Impression(
                                "100",
                                SIX,
                                "ip1-m1",
                                "15704",
                                Map.of(
                                        "C14", 15704L,
                                        "banner_pos", -1L,
                                        "device_id", "a99f214a",
                                        "device_ip", "ip1",
                                        "device_model", "m1")),
                        new Impression(
                                "18446744073709551615",
                                SIX + HOUR / 2,
                                "d1",
                                "7",
                                Map.of(
                                        "C14", 7L,
                                        "banner_pos", 1L,
                                        "device_id", "d1",
                                        "device_ip", "ip2",
                                        "device_model", "m2")),
                        new Click("18446744073709551615", SIX + HOUR / 2),
                        new Impression(
                                "102",
                                SIX + HOUR,
                                "d1",
                                "",
                                Map.of(
                                        "device_id", "d1",
                                        "device_ip", "00000001",
                                        "device_model", "m2")));
        assertThat(history.counts()).isEqualTo(new EventCounts(3, 1, 0));
        assertThat(badRows.told()).isEmpty();
    }

    @Test
    void hoursInDisorderAreSortedAndSpreadInTheOrderOfTheFile() throws Exception {
        Path file =
                write(
                        HEADER,
                        "a,0,14102107,1,0,d,i,m",
                        "b,1,14102106,1,0,d,i,m",
                        "c,0,14102107,1,0,d,i,m",
                        "d,0,14102106,1,0,d,i,m");

        FileHistory history = read(file, TimeRange.ALL);

        assertThat(ReadEvents.places(history))
                .containsExactly(
                        "train.csv:3", "train.csv:3", "train.csv:5", "train.csv:2", "train.csv:4");
        assertThat(ReadEvents.of(history))
                .extracting(event -> event.time() - SIX)
                .containsExactly(0L, 0L, HOUR / 2, HOUR, HOUR + HOUR / 2);
        assertThat(ReadEvents.places(read(file, new TimeRange(SIX + 1, SIX + HOUR + 1))))
                .containsExactly("train.csv:5", "train.csv:2");
    }

    @Test
    void badRowsAreTold() throws Exception {
        Path file =
                write(
                        HEADER,
                        "a,2,14102107,1,0,d,i,m",
                        "b,1,14102124,1,0,d,i,m",
                        "c,1,14132100,1,0,d,i,m",
                        "d,1,2014102100,1,0,d,i,m",
                        "e,1,14102100,x,0,d,i,m",
                        "f,1,14102100,1,0,d,i",
                        ",1,14102100,1,0,d,i,m",
                        "good,0,14102100,1,0,d,i,m");

        FileHistory history = read(file, TimeRange.ALL);

        assertThat(ReadEvents.places(history)).containsExactly("train.csv:9");
        assertThat(badRows.told()).hasSize(7);
        assertThat(badRows.told().get(0))
                .isEqualTo(
                        "train.csv:2: expected 8 values separated by commas, with click 0 or 1,"
                                + " hour as YYMMDDHH, and whole numbers where they are not hashed,"
                                + " found \"a,2,14102107,1,0,d,i,m\"");
    }

    @Test
    void aFileWithoutTheColumnsIsRefused() throws Exception {
        Path file = write("id,hour,C14", "1,14102100,1");

        assertThatThrownBy(() -> read(file, TimeRange.ALL))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("its first line is not a header with the columns id, click");
    }

    @Test
    void theExampleUsesFeaturesOfTheData() throws Exception {
        String header =
                "id,click,hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,"
                        + "app_category,device_id,device_ip,device_model,device_type,"
                        + "device_conn_type,C14,C15,C16,C17,C18,C19,C20,C21";
        Path file = write(header, "9,0,14102106" + ",7".repeat(21));
        Impression shown = (Impression) ReadEvents.records(read(file, TimeRange.ALL)).get(0);

        ModelSpec model = PipelineConfigReader.read(Path.of("../examples/avazu.yaml")).model();

        Example example =
                new FeatureExtractor(model)
                        .extract(
                                shown.getUser(),
                                shown.getItem(),
                                shown.getFeatures(),
                                Map.of(),
                                shown.getTimestamp());
        assertThat(Arrays.stream(example.keys()).map(ParameterKey::hash).boxed())
                .hasSize(model.features().size() - 1)
                .doesNotContain(ParameterKey.MISSING_HASH);
    }

    @Test
    void aSampleOfTheRealDataIsRead() throws Exception {
        Path real =
                Path.of(System.getProperty(LOCATION, "../../shared/data/avazu-sample"))
                        .resolve("train.csv");
        assumeTrue(
                Files.exists(real),
                () -> "there is no %s; -D%s=DIR names another place".formatted(real, LOCATION));

        FileHistory history = read(real, TimeRange.ALL);

        assertThat(badRows.told()).isEmpty();
        assertThat(history.counts().impressions()).isEqualTo(8087);
        assertThat(ReadEvents.records(history).get(0))
                .isInstanceOfSatisfying(
                        Impression.class,
                        first -> {
                            assertThat(first.getUser()).isEqualTo("96809ac8-711ee120");
                            assertThat(first.getItem()).isEqualTo("15704");
                            assertThat(first.getFeatures())
                                    .hasSize(21)
                                    .containsEntry("C20", 100084L)
                                    .containsEntry("site_id", "1fbe01fe");
                        });
        assertThat(history.facts())
                .containsEntry("first_event", "2014-10-21T00:00:00Z")
                .containsEntry("last_event", "2014-10-21T00:59:59.554Z");
    }

    private FileHistory read(Path file, TimeRange range) {
        return RowHistory.of(new Avazu(file.toString()), range, directory, badRows);
    }

    private Path write(String... rows) throws IOException {
        return Files.writeString(directory.resolve("train.csv"), String.join("\n", rows) + "\n");
    }
}
