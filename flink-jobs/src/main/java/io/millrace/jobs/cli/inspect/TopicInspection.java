package io.millrace.jobs.cli.inspect;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Shows the records of a topic, decoded. Of a dead letter, what is in it is decoded too, as a
 * record of the topic that it was on. Used by one thread.
 */
public final class TopicInspection {

    private final EventTopics topics;
    private final EventContents contents;
    private final String topic;
    private final InspectFilter filter;
    private final long limit;
    private final Consumer<String> text;
    private final @Nullable Consumer<String> jsonLines;
    private final RecordJson json = new RecordJson();
    private final InspectSummary summary;

    /**
     * @param limit the most records to show
     * @param text takes lines for people
     * @param jsonLines takes lines of JSON, which are then written instead; null for none
     */
    public TopicInspection(
            PipelineConfig config,
            String topic,
            InspectFilter filter,
            long limit,
            Consumer<String> text,
            @Nullable Consumer<String> jsonLines) {
        topics = new EventTopics(config.topics());
        contents = new EventContents(config);
        this.topic = topic;
        this.filter = filter;
        this.limit = limit;
        this.text = text;
        this.jsonLines = jsonLines;
        summary = new InspectSummary(topic);
    }

    /** Shows a record if it passes. */
    public void add(ConsumerRecord<byte[], byte[]> record) {
        if (isFull()) {
            return;
        }
        Inspected inspected = inspect(record);
        if (!filter.passes(inspected)) {
            return;
        }
        summary.add(inspected);
        if (jsonLines != null) {
            jsonLines.accept(json.of(inspected));
        } else {
            RecordText.of(inspected).forEach(text);
            text.accept("");
        }
    }

    /** Whether no more records are wanted. */
    public boolean isFull() {
        return summary.count() >= limit;
    }

    /** What was shown, in lines for people. */
    public List<String> summary() {
        return summary.lines();
    }

    private Inspected inspect(ConsumerRecord<byte[], byte[]> record) {
        Content content = contents.read(record.value(), topics.type(topic));
        DeadLetter letter = content.event() instanceof DeadLetter found ? found : null;
        return new Inspected(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8),
                letter == null ? content : contentOf(letter),
                letter);
    }

    private Content contentOf(DeadLetter letter) {
        byte[] payload = new byte[letter.getPayload().remaining()];
        letter.getPayload().duplicate().get(payload);
        Optional<Class<? extends SpecificRecord>> type = topics.type(letter.getTopic());
        return contents.read(payload, type);
    }
}
