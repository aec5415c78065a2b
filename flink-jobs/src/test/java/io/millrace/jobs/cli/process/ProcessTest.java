package io.millrace.jobs.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTest {

    @Test
    void peakMemoryIsTheHighWaterMark() {
        assertThat(PeakMemory.mebibytes(List.of("VmRSS:\t 1024 kB", "VmHWM:\t 2097152 kB")))
                .hasValue(2048);
        assertThat(PeakMemory.mebibytes(List.of("VmRSS:\t 1024 kB"))).isEmpty();
    }

    @Test
    void aTemporaryWorkspaceIsDeletedWithAllInIt() throws IOException {
        Path path;
        try (Workspace workspace = Workspace.temporary()) {
            path = workspace.path();
            Files.createDirectories(path.resolve("a/b"));
            Files.writeString(path.resolve("a/b/file"), "text");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aKeptWorkspaceStays(@TempDir Path directory) {
        Path path = directory.resolve("new/one");
        try (Workspace workspace = Workspace.kept(path)) {
            assertThat(workspace.path()).isDirectory();
        }
        assertThat(path).isDirectory();
    }

    @Test
    void terminalFollowsTheEnvironment() {
        assertThat(Terminal.detect(true, Map.of("TERM", "xterm", "COLUMNS", "120"), true))
                .isEqualTo(new Terminal(true, true, true, 120));
        assertThat(Terminal.detect(true, Map.of("TERM", "xterm", "NO_COLOR", "1"), false))
                .isEqualTo(new Terminal(true, false, false, 80));
        assertThat(Terminal.detect(true, Map.of("TERM", "dumb"), true).interactive()).isFalse();
        assertThat(Terminal.detect(true, Map.of(), true).interactive()).isFalse();
        assertThat(Terminal.detect(false, Map.of("TERM", "xterm"), true).interactive()).isFalse();
        assertThat(Terminal.detect(true, Map.of("COLUMNS", "wide"), true).width()).isEqualTo(80);
    }

    @Test
    void aSignalThatIsClosedWasNotGiven() {
        StopSignal signal = StopSignal.onInterrupt();
        signal.close();

        assertThat(signal.isRequested()).isFalse();
        assertThat(signal.requested()).isNotDone();
    }
}
