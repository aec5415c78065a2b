package io.millrace.jobs.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.history.EventLine;
import io.millrace.jobs.history.History;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.EventCounts;
import io.millrace.jobs.history.file.EventLines;
import io.millrace.jobs.history.file.RowHistory;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HistoryFeedTest {

    private static final Impression SHOWN = new Impression("i1", 1000L, "u", "i", Map.of());
    private static final Click CLICK = new Click("i1", 2000L);
    private static final Rating RATING = new Rating(3000L, "u", "i", 4.5, Map.of());

    @TempDir Path directory;

    private final PipelineConfig.Topics topics =
            PipelineConfigReader.read(Path.of("../examples/clicks.yaml")).topics();
    private final List<String> sent = new ArrayList<>();
    private final HistoryFeed feed =
            new HistoryFeed(
                    topics,
                    (topic, key, event) ->
                            sent.add(topic + " " + key + " " + event.getClass().getSimpleName()));

    @Test
    void usageExample() throws Exception {
        EventCounts counts = feed.send(history(CLICK, RATING, SHOWN));

        assertThat(sent)
                .containsExactly(
                        "impressions i1 Impression", "clicks i1 Click", "ratings u Rating");
        assertThat(counts).isEqualTo(new EventCounts(1, 1, 1));
    }

    @Test
    void eventsGoAtThePaceOfTheirTimes() throws Exception {
        List<Long> reached = new ArrayList<>();
        long begin = System.nanoTime();

        feed.send(history(SHOWN, CLICK, RATING), 4, () -> false, (sum, time) -> reached.add(time));

        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isGreaterThanOrEqualTo(Duration.ofMillis(500));
        assertThat(sent).hasSize(3);
        assertThat(reached).containsExactly(1000L, 1800L, 2000L, 2800L, 3000L);
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS)
    void aStopIsHeardWhileWaiting() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        History history = history(SHOWN, new Click("i1", Duration.ofDays(10).toMillis()));

        EventCounts counts =
                feed.send(history, 1, () -> asked.incrementAndGet() > 3, (sum, time) -> {});

        assertThat(counts).isEqualTo(new EventCounts(1, 0, 0));
        assertThat(asked).hasValue(4);
    }

    @Test
    void aStopIsHeardAtFullSpeed() throws Exception {
        EventCounts counts =
                feed.send(
                        history(SHOWN, CLICK, RATING),
                        Double.POSITIVE_INFINITY,
                        () -> sent.size() == 2,
                        (sum, time) -> {});

        assertThat(counts.events()).isEqualTo(2);
    }

    private History history(SpecificRecord... events) throws IOException {
        EventLine lines = new EventLine();
        StringBuilder text = new StringBuilder();
        for (SpecificRecord event : events) {
            text.append(lines.write(event)).append('\n');
        }
        Path file = Files.writeString(directory.resolve("events.jsonl"), text);
        return RowHistory.of(
                new EventLines(file.toString()),
                TimeRange.ALL,
                directory,
                (name, line, problem) -> {});
    }
}
