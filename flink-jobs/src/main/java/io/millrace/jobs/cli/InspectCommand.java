package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.cli.inspect.InspectFilter;
import io.millrace.jobs.cli.inspect.PutBack;
import io.millrace.jobs.cli.inspect.TopicInspection;
import io.millrace.jobs.cli.process.StopSignal;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.cli.stream.TopicScan;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.simulate.EventProducer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace inspect}. */
@Command(
        name = "inspect",
        description = {
            "Shows the records of a topic, decoded: dead letters with the reason, where they were,"
                    + " and what is in them; a summary follows.",
            "With --json, each record is one line of JSON. Dead letters in such a file, their"
                    + " payload corrected, go back to their topics with --put-back."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace inspect --bootstrap-servers localhost:9092",
            "  millrace inspect --config pipeline.yaml --reason INVALID_VALUE \\",
            "    --json letters.jsonl",
            "  millrace inspect --config pipeline.yaml --put-back letters.jsonl",
            "  millrace inspect --config pipeline.yaml --topic scores --follow"
        })
final class InspectCommand implements Callable<Integer> {

    private static final int PROBLEMS_SHOWN = 10;

    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description =
                    "The topic: any that the pipeline names, or another with Avro records of ours"
                            + " (default: the pipeline's dead letters).")
    private @Nullable String topic;

    @Option(
            names = "--reason",
            paramLabel = "NAME",
            split = ",",
            description = "Only dead letters set aside for these reasons.")
    private @Nullable List<String> reasons;

    @Option(
            names = "--of",
            paramLabel = "TOPIC",
            split = ",",
            description = "Only dead letters that were on these topics.")
    private @Nullable List<String> sources;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description =
                    "Only records from then on, by when a dead letter was set aside or another"
                            + " record written: a date, or a moment such as 2014-10-21T06:30:00Z.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "TIME", description = "Only records before then.")
    private @Nullable Instant to;

    @Option(names = "--limit", paramLabel = "N", description = "Stop after so many records.")
    private @Nullable Long limit;

    @Option(names = "--follow", description = "Go on with what comes, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = "--put-back",
            paramLabel = "FILE",
            description =
                    "Write corrected dead letters, lines of JSON as --json writes them, to the"
                            + " topics they were on; first all are checked, and if one cannot be put"
                            + " back, none is written.")
    private @Nullable Path putBack;

    @Option(
            names = "--force",
            description = "With --put-back: also put back letters whose payload is unchanged.")
    private boolean force;

    @Override
    public Integer call() throws Exception {
        PipelineConfig config = common.pipelineOrExample();
        if (config.kafka().bootstrapServers() == null) {
            throw new UsageException(
                    "whose topics? Name the brokers with --bootstrap-servers or in the pipeline"
                            + " file");
        }
        check();
        common.checkJson();
        if (putBack != null) {
            putBack(config, putBack);
        } else {
            show(config, topic == null ? config.topics().deadLetters() : topic);
        }
        return ExitCode.OK;
    }

    private void check() {
        boolean hasFilter =
                topic != null
                        || reasons != null
                        || sources != null
                        || from != null
                        || to != null
                        || limit != null
                        || follow;
        if (putBack != null && hasFilter) {
            throw new UsageException(
                    "--put-back takes all lines of its file; the other options choose what to show,"
                            + " so leave them out");
        }
        if (force && putBack == null) {
            throw new UsageException("--force is for --put-back");
        }
        if (limit != null && limit < 1) {
            throw new UsageException("--limit must be at least 1");
        }
        if (from != null && to != null && !from.isBefore(to)) {
            throw new UsageException(
                    "--from %s must be before --to %s, which is not part of it"
                            .formatted(from, to));
        }
    }

    // -- show

    private void show(PipelineConfig config, String name) throws IOException {
        if ((reasons != null || sources != null) && !name.equals(config.topics().deadLetters())) {
            throw new UsageException(
                    "--reason and --of are for dead letters, which are on %s, not on %s"
                            .formatted(config.topics().deadLetters(), name));
        }
        requireTopics(config, Set.of(name));
        PrintWriter json = common.jsonLines();
        try (StopSignal stop = StopSignal.onInterrupt();
                TopicScan scan = new TopicScan(config, name)) {
            TopicInspection inspection =
                    new TopicInspection(
                            config,
                            name,
                            filter(),
                            limit == null ? Long.MAX_VALUE : limit,
                            line -> common.out().println(line),
                            json == null ? null : json::println);
            while (!stop.isRequested() && !inspection.isFull() && (follow || !scan.isAtEnd())) {
                for (ConsumerRecord<byte[], byte[]> record : scan.poll()) {
                    inspection.add(record);
                }
                common.out().flush();
                if (json != null) {
                    json.flush();
                }
            }
            inspection.summary().forEach(line -> common.say("%s", line));
        } finally {
            if (json != null && !common.jsonOnStandardOutput()) {
                json.close();
            }
        }
    }

    private InspectFilter filter() {
        return new InspectFilter(
                reasons == null ? Set.of() : Set.copyOf(reasons),
                sources == null ? Set.of() : Set.copyOf(sources),
                new TimeRange(
                        from == null ? TimeRange.ALL.from() : from.toEpochMilli(),
                        to == null ? TimeRange.ALL.to() : to.toEpochMilli()));
    }

    private static void requireTopics(PipelineConfig config, Set<String> names) {
        try (PipelineTopics topics = new PipelineTopics(config)) {
            Set<String> present = new TreeSet<>(topics.present());
            for (String name : names) {
                if (!present.contains(name)) {
                    throw new UsageException(
                            "there is no topic %s at %s; there are: %s"
                                    .formatted(
                                            name,
                                            config.kafka().bootstrapServers(),
                                            present.isEmpty()
                                                    ? "none"
                                                    : String.join(", ", present)));
                }
            }
        }
    }

    // -- put back

    private void putBack(PipelineConfig config, Path file) throws IOException {
        common.checkFile("--put-back", file);
        List<PutBack.Record> records = read(config, file);
        Set<String> topics = new TreeSet<>();
        records.forEach(record -> topics.add(record.topic()));
        requireTopics(config, topics);
        report(records, write(config, records));
    }

    private List<PutBack.Record> read(PipelineConfig config, Path file) throws IOException {
        PutBack letters = new PutBack(config, force);
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            long number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    letters.add(number, line);
                }
            }
        }
        List<String> problems = letters.problems();
        problems.stream()
                .limit(PROBLEMS_SHOWN)
                .forEach(problem -> common.err().println(file + ", " + problem));
        if (!problems.isEmpty()) {
            throw new UsageException(
                    "nothing was written, since %,d of %,d letters in %s cannot be put back"
                            .formatted(
                                    problems.size(),
                                    problems.size() + letters.records().size(),
                                    file));
        }
        if (letters.records().isEmpty()) {
            throw new UsageException(file + " has no letters");
        }
        return letters.records();
    }

    private static List<RecordMetadata> write(PipelineConfig config, List<PutBack.Record> records) {
        AtomicReferenceArray<RecordMetadata> written = new AtomicReferenceArray<>(records.size());
        try (EventProducer producer = new EventProducer(config)) {
            for (int i = 0; i < records.size(); i++) {
                PutBack.Record record = records.get(i);
                int number = i;
                producer.send(
                        record.topic(),
                        record.key(),
                        record.value(),
                        metadata -> written.set(number, metadata));
            }
            producer.flush();
        }
        List<RecordMetadata> places = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            places.add(written.get(i));
        }
        return places;
    }

    private void report(List<PutBack.Record> records, List<RecordMetadata> places)
            throws IOException {
        ObjectNode json = common.mapper().createObjectNode().put("written", records.size());
        ArrayNode written = json.putArray("records");
        for (int i = 0; i < records.size(); i++) {
            PutBack.Record record = records.get(i);
            RecordMetadata place = places.get(i);
            common.say(
                    "line %d%s: %s-%d@%d",
                    record.line(),
                    record.letter().isEmpty() ? "" : " (" + record.letter() + ")",
                    place.topic(),
                    place.partition(),
                    place.offset());
            written.addObject()
                    .put("line", record.line())
                    .put("letter", record.letter().isEmpty() ? null : record.letter())
                    .put("topic", place.topic())
                    .put("partition", place.partition())
                    .put("offset", place.offset());
        }
        common.say("%,d %s written.", records.size(), records.size() == 1 ? "record" : "records");
        common.writeJson(json);
    }
}
