package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DimensionsCommandTest {

    private static final String DCN = "{type: dcn-v2, cross-layers: 1, hidden: []}";

    @TempDir Path directory;

    @Test
    void usageExample() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);
        String before = Files.readString(model.config());
        Path next = directory.resolve("next.yaml");

        CommandLineRun run =
                CommandLineRun.of(
                        "dimensions",
                        "--config",
                        model.config(),
                        "--share",
                        "0.95",
                        "--output",
                        next);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .containsPattern("4 +1 +1 +20 +user")
                .containsPattern("4 +2 +2 +20 +item");
        assertThat(Files.readString(next))
                .isEqualTo(
                        before.replace("dimension: 4} # people", "dimension: 1} # people")
                                .replace("dimension: 4}\n", "dimension: 2}\n"));
        assertThat(Files.readString(model.config())).isEqualTo(before);
    }

    @Test
    void whereOneDimensionIsNeededAllGetTheLargest() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, "{type: fm}");
        Path next = directory.resolve("next.yaml");

        CommandLineRun run =
                CommandLineRun.of("dimensions", "--config", model.config(), "--output", next);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .containsPattern("4 +1 +2 +20 +user")
                .contains("needs one dimension for all features");
        assertThat(Files.readString(next)).contains("dimension: 2} # people");
    }

    @Test
    void theFileThatItReadsStaysAsItIs() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);
        String before = Files.readString(model.config());

        CommandLineRun run =
                CommandLineRun.of(
                        "dimensions", "--config", model.config(), "--output", model.config());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("stays as it is").hasLineCount(1);
        assertThat(Files.readString(model.config())).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "user: | person: | the feature user of version 3 of crosses is not in ",
                "dimension: 4} # | dimension: 8} # | user has dimension 4 in version 3 of crosses and 8",
                "'  item:' | '  hour: {type: categorical, dimension: 4}\n  item:' | the feature hour of ",
                "type: categorical, dimension: 4} # | type: categorical-list, dimension: 4} # | the feature user is "
            })
    void aPipelineOfOtherFeaturesIsRefused(String from, String to, String difference)
            throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);
        String text = Files.readString(model.config());
        Path other = Files.writeString(directory.resolve("other.yaml"), text.replace(from, to));
        Path next = directory.resolve("next.yaml");

        CommandLineRun run = CommandLineRun.of("dimensions", "--config", other, "--output", next);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(difference).contains(other.toString()).hasLineCount(1);
        assertThat(next).doesNotExist();
    }

    @Test
    void oneFileIsNotWrittenTwice() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);
        Path file = directory.resolve("same");

        CommandLineRun run =
                CommandLineRun.of(
                        "dimensions", "--config", model.config(), "--output", file, "--json", file);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--output and --json are both").hasLineCount(1);
        assertThat(file).doesNotExist();
    }

    @Test
    void aShareIsAboveZeroAndAtMostOne() throws IOException {
        PublishedCrosses model = PublishedCrosses.in(directory, DCN);

        CommandLineRun run =
                CommandLineRun.of("dimensions", "--config", model.config(), "--share", "1.5");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("1.5");
    }
}
