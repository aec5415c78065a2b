package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.LabelJob;
import io.millrace.jobs.cli.process.StopSignal;
import io.millrace.jobs.cli.process.Workspace;
import io.millrace.jobs.cli.stream.Jobs;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.listing.ListedFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace label}. */
@Command(
        name = "label",
        description = {
            "Shows what training makes of a file of events: each example with its label, weight,"
                    + " features and why; and each event that made none, and why.",
            "The events are JSON lines (impression, click, rating, profile) in the order of their"
                    + " arrival, which the operators of the training job read. The end of the file is"
                    + " the end of time: an impression that has no click by then is a negative."
        },
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = {
            "  millrace simulate --output events.jsonl --duration 1m --duplicates 0.05",
            "  millrace label --config examples/clicks.yaml --input events.jsonl \\",
            "    --output examples.jsonl"
        })
final class LabelCommand implements Callable<Integer> {

    private static final String STANDARD = "-";
    private static final int SLOTS = 1;

    @Mixin private final OutputOptions common = new OutputOptions();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            required = true,
            description = "The pipeline file (YAML).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path config;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            required = true,
            description = "The events, as JSON lines.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path input;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            defaultValue = STANDARD,
            description =
                    "Where to write the examples and what made none, as JSON lines; - is the"
                            + " standard output (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String output;

    @Override
    public Integer call() throws Exception {
        PipelineConfig pipeline = PipelineConfigReader.read(config);
        common.checkFile("--input", input);
        boolean isStandard = output.equals(STANDARD);
        if (isStandard && common.jsonOnStandardOutput()) {
            throw new UsageException(
                    "--json - and the lines would both go to the standard output: name a file with"
                            + " --output");
        }
        common.checkWritable("--output", isStandard ? null : Path.of(output));
        common.checkJson();
        try (StopSignal stop = StopSignal.onInterrupt();
                Workspace scratch = Workspace.temporary()) {
            ListedFiles files = ListedFiles.in(Files.createDirectory(scratch.path().resolve("l")));
            if (run(new LabelJob(pipeline, input, files), scratch.path(), stop)) {
                list(files, isStandard);
            } else {
                common.err().println("Stopped; nothing was written.");
                return ExitCode.SOFTWARE;
            }
        }
        return ExitCode.OK;
    }

    /** Whether it ran to its end. */
    private static boolean run(LabelJob job, Path scratch, StopSignal stop) throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(scratch, SLOTS);
                Jobs jobs = new Jobs(flink)) {
            CompletableFuture<?> end = jobs.submit("label", job::build);
            try {
                var unused = CompletableFuture.anyOf(end, stop.requested()).get();
            } catch (ExecutionException e) {
                throw new FailedException(Causes.sentence(e));
            }
            return end.isDone();
        }
    }

    private void list(ListedFiles files, boolean isStandard) throws IOException {
        PrintWriter lines =
                isStandard
                        ? common.standardOutput()
                        : new PrintWriter(Files.newBufferedWriter(Path.of(output)));
        Tally tally = new Tally();
        try {
            files.merge(
                    line -> {
                        tally.add(read(line));
                        lines.println(line);
                    });
        } finally {
            lines.flush();
            if (!isStandard) {
                lines.close();
            }
        }
        PrintWriter people = isStandard ? common.err() : common.out();
        tally.say(people);
        people.flush();
        common.writeJson(tally.toJson(common.mapper().createObjectNode()));
    }

    private JsonNode read(String line) {
        try {
            return common.mapper().readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many lines there are of each kind. */
    private static final class Tally {

        private final Map<String, Long> examples = new TreeMap<>();
        private final Map<String, Long> dropped = new TreeMap<>();
        private double weight;
        private double positive;

        void add(JsonNode line) {
            JsonNode label = line.get("label");
            (label == null ? dropped : examples).merge(line.get("why").textValue(), 1L, Long::sum);
            if (label != null) {
                weight += line.get("weight").asDouble();
                positive += label.asDouble() * line.get("weight").asDouble();
            }
        }

        void say(PrintWriter out) {
            out.printf("%,d examples%s%n", sum(examples), examples.isEmpty() ? "." : ":");
            rows(examples, out);
            if (!examples.isEmpty()) {
                out.printf(
                        "Their weights add up to %,.0f, and their mean label is %.4f.%n",
                        weight, weight == 0 ? 0 : positive / weight);
            }
            out.printf("%,d events made none%s%n", sum(dropped), dropped.isEmpty() ? "." : ":");
            rows(dropped, out);
        }

        ObjectNode toJson(ObjectNode json) {
            json.put("examples", sum(examples)).put("dropped", sum(dropped));
            ObjectNode why = json.putObject("why");
            examples.forEach(why::put);
            dropped.forEach(why::put);
            return json;
        }

        private static void rows(Map<String, Long> counts, PrintWriter out) {
            counts.forEach((why, count) -> out.printf("  %,9d  %s%n", count, why));
        }

        private static long sum(Map<String, Long> counts) {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }
    }
}
