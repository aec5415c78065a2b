package io.millrace.jobs.cli;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.TimeRange;
import io.millrace.model.loss.Objective;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which part of the recorded events is wanted. */
final class BacktestRange {

    @Mixin private final RangeOptions range = new RangeOptions();

    @Option(
            names = "--from-version",
            paramLabel = "N",
            description =
                    "Begin with this version of the first pipeline's model: with its weights, and"
                            + " at the offsets where it ends. Pipelines of other features,"
                            + " architecture, seed or negative-sampling start cold.")
    private @Nullable Long fromVersion;

    @Option(
            names = "--to-version",
            paramLabel = "N",
            description =
                    "End at the offsets where this version of the first pipeline's model ends.")
    private @Nullable Long toVersion;

    @Option(
            names = "--offsets",
            paramLabel = "TOPIC/PARTITION=FROM..TO",
            arity = "1..*",
            description = "These offsets, of which TO is the first that is not wanted.")
    @SuppressWarnings("FieldMayBeFinal") // set by picocli
    private List<String> offsets = new ArrayList<>();

    /** Fails when the options contradict each other. */
    void check() {
        var unused = times();
        if (toVersion != null && !offsets.isEmpty()) {
            throw new UsageException(
                    "--offsets says where the events end, and so does --to-version: name one of"
                            + " them");
        }
        if (fromVersion != null && toVersion != null && fromVersion >= toVersion) {
            throw new UsageException(
                    "--from-version " + fromVersion + " is not before --to-version " + toVersion);
        }
    }

    TimeRange times() {
        return range.range();
    }

    @Nullable Long fromVersion() {
        return fromVersion;
    }

    @Nullable Long toVersion() {
        return toVersion;
    }

    List<String> offsets() {
        return offsets;
    }

    /** Fails when files are to be read and an option is of topics. */
    void requireNoneOfKafka(Path path) {
        String option =
                fromVersion != null
                        ? "--from-version"
                        : toVersion != null ? "--to-version" : offsets.isEmpty() ? "" : "--offsets";
        if (!option.isEmpty()) {
            throw new UsageException(
                    option
                            + " is of offsets in Kafka, but --input "
                            + path
                            + " is files: name a topic as --input and --bootstrap-servers, or leave "
                            + option
                            + " out");
        }
    }

    /** The topics that a pipeline learns from. */
    static List<String> topics(PipelineConfig config) {
        return config.model().objective() instanceof Objective.Rating
                ? List.of(config.topics().ratings())
                : List.of(config.topics().impressions(), config.topics().clicks());
    }

    /**
     * These options as words of a command line.
     *
     * @param exactly the offsets that it came to; empty for files
     */
    List<String> words(List<String> exactly) {
        List<String> words = new ArrayList<>();
        TimeRange times = times();
        if (times.from() != TimeRange.ALL.from()) {
            words.addAll(List.of("--from", Instant.ofEpochMilli(times.from()).toString()));
        }
        if (times.to() != TimeRange.ALL.to()) {
            words.addAll(List.of("--to", Instant.ofEpochMilli(times.to()).toString()));
        }
        if (fromVersion != null) {
            words.addAll(List.of("--from-version", fromVersion.toString()));
        }
        if (!exactly.isEmpty()) {
            words.add("--offsets");
            words.addAll(exactly);
        }
        return words;
    }
}
