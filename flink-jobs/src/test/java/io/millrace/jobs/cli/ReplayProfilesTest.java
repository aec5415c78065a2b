package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.cli.stream.Histories;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.FileHistory;
import io.millrace.jobs.history.file.ToldRows;
import io.millrace.schemas.Profile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayProfilesTest {

    private static final String LINES =
            """
            {"type":"profile","profile":"users","key":"u1","timestamp":60}
            {"type":"rating","user":"u1","item":"i","rating":3,"timestamp":50,"features":{}}
            {"type":"profile","profile":"users","key":"u2","timestamp":10}
            {"type":"profile","profile":"items","key":"i1","timestamp":30}
            {"type":"profile","profile":"users","key":"u3","timestamp":30}
            {"type":"profile","profile":"shops","key":"s1","timestamp":20}
            {"type":"profile","profile":"users","key":"u4","timestamp":10}
            """;

    @TempDir private Path directory;

    /** A job would take those for late that come behind a younger one. */
    @Test
    void profilesAreSentInTheOrderOfTheirTime() throws Exception {
        List<String> sent = new ArrayList<>();

        long count =
                new ReplayProfiles(Map.of("users", "people", "items", "catalogue"))
                        .send(
                                history(),
                                (topic, key, event) ->
                                        sent.add(
                                                topic
                                                        + " "
                                                        + key
                                                        + " "
                                                        + ((Profile) event).getTimestamp()),
                                () -> false);

        assertThat(sent)
                .containsExactly(
                        "people u2 10",
                        "people u4 10",
                        "catalogue i1 30",
                        "people u3 30",
                        "people u1 60");
        assertThat(count).isEqualTo(5);
    }

    @Test
    void aTrainingRunTellsWhatItLeavesOut() throws Exception {
        PipelineConfig config =
                PipelineConfigReader.read(new BacktestFiles(directory).pipeline("plain"));
        Path file = Files.writeString(directory.resolve("a.jsonl"), LINES);
        StringWriter err = new StringWriter();

        TrainInput input = TrainInput.of(file, config, directory, badLines());
        input.leftOut().tell(new PrintWriter(err));

        assertThat(input.history().size()).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "1 record of the profile items is not sent: the pipeline plain declares no"
                                + " profile of this name",
                        "1 record of the profile shops is not sent: the pipeline plain declares no"
                                + " profile of this name",
                        "4 records of the profile users are not sent: the pipeline plain declares"
                                + " no profile of this name");
    }

    @Test
    void theEndSaysAllThatWasNotSent() throws Exception {
        PipelineConfig config =
                PipelineConfigReader.read(new BacktestFiles(directory).pipeline("plain"));
        ReplayLeftOut leftOut = ReplayLeftOut.of(history(), config);
        ReplayLeftOut nothing = new ReplayLeftOut("plain", new TreeMap<>());
        BadLines badLines = badLines();

        nothing.failIfAny(badLines);
        assertThatThrownBy(() -> leftOut.failIfAny(badLines))
                .isInstanceOf(FailedException.class)
                .hasMessageStartingWith("profiles were not sent: items, shops, users; ");
        badLines.found("a.jsonl", 3, "no JSON");
        assertThatThrownBy(() -> leftOut.failIfAny(badLines))
                .hasMessageContaining("1 line of ")
                .hasMessageContaining("could not be read, and profiles were not sent: items");
        assertThatThrownBy(() -> nothing.failIfAny(badLines))
                .hasMessageEndingWith("could not be read; all others were sent");
    }

    private FileHistory history() throws IOException {
        Path file = Files.writeString(directory.resolve("a.jsonl"), LINES);
        return Histories.open(file, TimeRange.ALL, directory, new ToldRows());
    }

    private BadLines badLines() {
        return new BadLines(directory, new PrintWriter(new StringWriter()));
    }
}
