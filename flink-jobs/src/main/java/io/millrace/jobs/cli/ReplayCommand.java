package io.millrace.jobs.cli;

import io.millrace.jobs.cli.stream.EventFile;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.simulate.EventProducer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace replay}. */
@Command(
        name = "replay",
        description = {
            "Writes recorded events to Kafka, in the order of the file.",
            "Each line is an event as JSON and its type: impression, click or rating."
        },
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace replay --bootstrap-servers localhost:9092 --input events.jsonl")
final class ReplayCommand implements Callable<Integer> {

    @Mixin private final CommonOptions common = new CommonOptions();

    @Option(
            names = "--input",
            paramLabel = "FILE",
            required = true,
            description = "The events, as JSON lines.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path input;

    @Override
    public Integer call() throws Exception {
        PipelineConfig config = common.pipelineOrExample();
        String servers = config.kafka().bootstrapServers();
        if (servers == null) {
            throw new UsageException(
                    "a replay needs a Kafka that outlives it: name its brokers with"
                            + " --bootstrap-servers");
        }
        common.checkFile("--input", input);
        common.checkJson();
        try (PipelineTopics topics = new PipelineTopics(config)) {
            topics.createAbsent();
        }
        BadLines badLines = new BadLines(input, common.err());
        EventFile.Sent sent;
        try (EventProducer producer = new EventProducer(servers, config.events().format())) {
            sent = new EventFile(input).send(producer, config.topics(), badLines);
        }
        common.out()
                .printf(
                        "%,d events sent: %,d impressions, %,d clicks, %,d ratings.%n",
                        sent.events(), sent.impressions(), sent.clicks(), sent.ratings());
        common.out().flush();
        common.writeJson(
                common.mapper()
                        .createObjectNode()
                        .put("events", sent.events())
                        .put("impressions", sent.impressions())
                        .put("clicks", sent.clicks())
                        .put("ratings", sent.ratings())
                        .put("bad_lines", sent.badLines()));
        badLines.failIfAny();
        return ExitCode.OK;
    }
}
