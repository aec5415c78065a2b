package io.millrace.jobs.cli.stream;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.simulate.EventProducer;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.specific.SpecificRecord;

/** A file of {@link EventLine}s on its way to the topics of a pipeline, in its own order. */
public final class EventFile {

    private final Path file;

    public EventFile(Path file) {
        this.file = file;
    }

    /**
     * Sends every line that is an event; blank lines are passed over. Events of one topic with the
     * same key (impression id, or user of a rating) stay in order.
     *
     * @param badLines told of every line that is no event
     * @return what was sent
     */
    public Sent send(EventProducer producer, PipelineConfig.Topics topics, BadLines badLines)
            throws IOException {
        EventLine lines = new EventLine();
        Sent sent = new Sent(0, 0, 0, 0);
        // A byte that is not UTF-8 must spoil its own line, not the whole file.
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Files.newInputStream(file), StandardCharsets.UTF_8))) {
            long number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                try {
                    sent = sent.plus(send(lines.read(line), producer, topics));
                } catch (EventLine.BadLineException e) {
                    badLines.found(number, String.valueOf(e.getMessage()));
                    sent = sent.plus(new Sent(0, 0, 0, 1));
                }
            }
        }
        producer.flush();
        return sent;
    }

    private static Sent send(
            SpecificRecord event, EventProducer producer, PipelineConfig.Topics topics) {
        if (event instanceof Impression impression) {
            producer.send(topics.impressions(), impression.getImpressionId(), impression);
            return new Sent(1, 0, 0, 0);
        }
        if (event instanceof Click click) {
            producer.send(topics.clicks(), click.getImpressionId(), click);
            return new Sent(0, 1, 0, 0);
        }
        Rating rating = (Rating) event;
        producer.send(topics.ratings(), rating.getUser(), rating);
        return new Sent(0, 0, 1, 0);
    }

    /**
     * Numbers of events sent.
     *
     * @param badLines lines that were not
     */
    public record Sent(long impressions, long clicks, long ratings, long badLines) {

        public long events() {
            return impressions + clicks + ratings;
        }

        Sent plus(Sent more) {
            return new Sent(
                    impressions + more.impressions,
                    clicks + more.clicks,
                    ratings + more.ratings,
                    badLines + more.badLines);
        }
    }

    /** Hears of lines that are no events. */
    @FunctionalInterface
    public interface BadLines {

        /** Told the line's number, from 1, and what is wrong with it. */
        void found(long line, String problem);
    }
}
