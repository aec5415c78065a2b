package io.millrace.jobs.cli;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.cli.stream.Histories;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryException;
import io.millrace.jobs.history.KafkaHistory;
import io.millrace.jobs.history.KafkaRange;
import io.millrace.jobs.history.KafkaTopics;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.FileHistory;
import io.millrace.model.version.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The recorded events of a backtest.
 *
 * @param source path or topics, for people
 * @param badRows the first rows of files that are no events
 * @param badRowCount of all of them
 */
record BacktestInput(
        String source, History history, List<RejectedEvent> badRows, long badRowCount) {

    /** As many are kept to be shown. */
    static final int SHOWN = 100;

    BacktestInput {
        badRows = List.copyOf(badRows);
    }

    /**
     * Looks at the events of a path or a topic.
     *
     * @param scratch a directory for files that it needs while the history is read
     * @throws HistoryException when they cannot be had
     */
    static BacktestInput open(
            String input,
            Path scratch,
            List<BacktestEntrant> entrants,
            BacktestRange range,
            @Nullable BacktestStart start)
            throws IOException {
        return Files.exists(Path.of(input))
                ? files(Path.of(input), scratch, entrants.get(0), range)
                : topics(input, entrants, range, start);
    }

    /** The offsets that it came to, as {@code --offsets} takes them; none for files. */
    List<String> offsets() {
        return history instanceof KafkaHistory kafka
                ? kafka.allRanges().stream().map(KafkaRange::toString).toList()
                : List.of();
    }

    private static BacktestInput files(
            Path path, Path scratch, BacktestEntrant first, BacktestRange range)
            throws IOException {
        range.requireNoneOfKafka(path);
        List<RejectedEvent> shown = new ArrayList<>();
        long[] count = new long[1];
        FileHistory history =
                Histories.open(
                        path,
                        range.times(),
                        scratch,
                        (file, line, problem) -> {
                            if (count[0]++ < SHOWN) {
                                shown.add(
                                        new RejectedEvent(
                                                file + ", line " + line, "", "", problem));
                            }
                        });
        TrainInput.requireExamples(path, history.counts(), first.config());
        return new BacktestInput(path.toString(), history, shown, count[0]);
    }

    private static BacktestInput topics(
            String input,
            List<BacktestEntrant> entrants,
            BacktestRange range,
            @Nullable BacktestStart start)
            throws IOException {
        BacktestEntrant first = entrants.get(0);
        PipelineConfig config = first.config();
        List<String> topics = BacktestRange.topics(config);
        if (!topics.contains(input)) {
            throw new UsageException(
                    "--input "
                            + input
                            + ": there is no such file or directory, nor is it a topic that "
                            + first.file()
                            + " learns from, which is "
                            + String.join(" or ", topics));
        }
        if (config.kafka().bootstrapServers() == null) {
            throw new UsageException(
                    "--input " + input + " is a topic: name its brokers with --bootstrap-servers");
        }
        return new BacktestInput(
                String.join(" and ", topics), kafka(entrants, range, start), List.of(), 0);
    }

    /** Events as the first pipeline has them, and the profiles of all. */
    private static KafkaHistory kafka(
            List<BacktestEntrant> entrants, BacktestRange range, @Nullable BacktestStart start)
            throws IOException {
        BacktestEntrant first = entrants.get(0);
        Set<String> profiles = new TreeSet<>();
        entrants.forEach(one -> profiles.addAll(one.config().topics().profiles().values()));
        KafkaTopics topics = KafkaTopics.of(first.config(), profiles);
        TimeRange times = range.times();
        if (!range.offsets().isEmpty()) {
            List<KafkaRange> ranges = range.offsets().stream().map(KafkaRange::parse).toList();
            if (start != null) {
                requireUnseen(ranges, topics, start.manifest());
            }
            return KafkaHistory.ofOffsets(topics, ranges, times);
        }
        Manifest from = start == null ? null : start.manifest();
        Manifest to =
                range.toVersion() == null
                        ? null
                        : BacktestStart.manifest("--to-version", first, range.toVersion());
        return from == null && to == null
                ? KafkaHistory.between(topics, times)
                : KafkaHistory.ofVersions(topics, from, to, times);
    }

    /** What the weights have learned from must not be predicted with them. */
    private static void requireUnseen(List<KafkaRange> ranges, KafkaTopics topics, Manifest start) {
        for (KafkaRange range : ranges) {
            if (topics.profiles().contains(range.topic())) {
                // Known at the version is known after it.
                continue;
            }
            long learned =
                    start.offsets()
                            .getOrDefault(range.topic(), Map.of())
                            .getOrDefault(range.partition(), 0L);
            if (range.from() < learned) {
                throw new UsageException(
                        String.format(
                                Locale.ROOT,
                                "--offsets %s begins before offset %d, where version %d ends; it"
                                        + " has learned from what comes before: begin there, or"
                                        + " leave out --from-version",
                                range,
                                learned,
                                start.version()));
            }
        }
    }
}
