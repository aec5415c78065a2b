package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.history.EventLine;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.EventCounts;
import io.millrace.jobs.history.file.EventLines;
import io.millrace.jobs.history.file.FileHistory;
import io.millrace.jobs.history.file.RowHistory;
import io.millrace.schemas.Click;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayProgressTest {

    @TempDir Path directory;

    private final List<String> said = new ArrayList<>();
    private long nanos = 5;

    @Test
    void atFullSpeedTheTimeLeftIsThatOfTheEventsLeft() throws Exception {
        ReplayProgress progress = progress(Double.POSITIVE_INFINITY);

        pass(9);
        progress.reached(new EventCounts(1, 0, 0), 0);
        assertThat(said).isEmpty();
        pass(1);
        progress.reached(new EventCounts(1, 1, 0), 1_000_000);
        pass(5);
        progress.reached(new EventCounts(1, 1, 1), 2_000_000);

        assertThat(said)
                .containsExactly(
                        "2 of 4 events sent, at 1970-01-01T00:16:40Z; 0 events/s, 10 s left");
        assertThat(progress.reached()).isEqualTo(2_000_000);
    }

    @Test
    void withASpeedItIsThatOfTheEventTimesLeft() throws Exception {
        ReplayProgress progress = progress(10);

        pass(10);
        progress.reached(new EventCounts(0, 20, 0), 3_000_000);
        pass(10);
        progress.reached(new EventCounts(0, 40, 0), Duration.ofHours(50).toMillis() - 650_000);

        assertThat(said)
                .containsExactly(
                        "20 of 4 events sent, at 1970-01-01T00:50:00Z; 2 events/s, 4 h 55 min left",
                        "40 of 4 events sent, at 1970-01-03T01:49:10Z; 2 events/s, 1 min 5 s left");
    }

    private void pass(long seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Of four events in 50 hours. */
    private ReplayProgress progress(double speed) throws IOException {
        EventLine lines = new EventLine();
        StringBuilder text = new StringBuilder();
        for (long hours : new long[] {0, 1, 2, 50}) {
            Click click = new Click("i", Duration.ofHours(hours).toMillis());
            text.append(lines.write(click)).append('\n');
        }
        Path file = Files.writeString(directory.resolve("events.jsonl"), text);
        FileHistory history =
                RowHistory.of(
                        new EventLines(file.toString()),
                        TimeRange.ALL,
                        directory,
                        (name, line, problem) -> {});
        return new ReplayProgress(history, speed, () -> nanos, said::add);
    }
}
