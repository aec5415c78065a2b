package io.millrace.jobs.cli.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.source.Sourced;
import io.millrace.jobs.source.SourcedReader;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.Printable;
import io.millrace.schemas.codec.ReadableJson;
import io.millrace.schemas.codec.UndecodableException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Corrected dead letters on their way back to topics. Each is checked to the end before any is
 * written: it must be a record of its topic, and the pipeline must not set it aside again for what
 * is in it. Used by one thread.
 */
public final class PutBack {

    private static final Set<String> FIELDS =
            Set.of(
                    RecordJson.LETTER,
                    RecordJson.TIME,
                    RecordJson.REASON,
                    RecordJson.DETAIL,
                    RecordJson.TOPIC,
                    RecordJson.PARTITION,
                    RecordJson.OFFSET,
                    RecordJson.TIMESTAMP,
                    RecordJson.TO,
                    RecordJson.RECORD,
                    RecordJson.PAYLOAD,
                    RecordJson.BASE64);

    private final JsonMapper mapper =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .build();
    private final EventTopics topics;
    private final EventContents contents;
    private final InputReaders readers;
    private final Map<String, SourcedReader<?>> opened = new HashMap<>();
    private final boolean force;
    private final List<Record> records = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * @param force whether letters that were not changed are put back, too
     */
    public PutBack(PipelineConfig config, boolean force) {
        topics = new EventTopics(config.topics());
        contents = new EventContents(config);
        readers = new InputReaders(config);
        this.force = force;
    }

    /** Takes a line of JSON, as inspection wrote it or changed. */
    public void add(long number, String line) {
        try {
            records.add(read(number, line));
        } catch (BadLetterException e) {
            problems.add("line " + number + ": " + e.getMessage());
        }
    }

    /** What is to be written, in the order of lines. */
    public List<Record> records() {
        return List.copyOf(records);
    }

    /** Why lines cannot be put back; nothing may be written unless this is empty. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /**
     * A record to write.
     *
     * @param letter the dead letter that it was in, and where it was before; for people
     */
    public record Record(long line, String topic, String key, byte[] value, String letter) {}

    private Record read(long number, String text) throws BadLetterException {
        ObjectNode line = object(text);
        String topic = topic(line, RecordJson.TO);
        Class<? extends SpecificRecord> type =
                topics.inputType(topic)
                        .orElseThrow(
                                () ->
                                        new BadLetterException(
                                                "nothing is read from a topic \"%s\"; topics that are: %s"
                                                        .formatted(
                                                                Printable.of(topic),
                                                                String.join(
                                                                        ", ", topics.inputs()))));
        byte[] original = original(line);
        SpecificRecord before = original == null ? null : before(original, type);
        SpecificRecord event = event(line, type, before);
        boolean isUnchanged = event.equals(before);
        boolean isMoved =
                line.has(RecordJson.TOPIC) && !topic.equals(topic(line, RecordJson.TOPIC));
        if (isUnchanged && !isMoved && !force) {
            throw new BadLetterException(
                    "its payload is unchanged, so it might be set aside again; correct it, or put it"
                            + " back all the same with --force");
        }
        byte[] value = isUnchanged && original != null ? original : contents.encode(event);
        check(topic, value);
        return new Record(number, topic, EventTopics.key(event), value, letter(line));
    }

    private ObjectNode object(String text) throws BadLetterException {
        JsonNode tree;
        try {
            tree = mapper.readTree(text);
        } catch (JsonProcessingException e) {
            throw new BadLetterException("it is not JSON: " + e.getOriginalMessage());
        }
        if (!(tree instanceof ObjectNode line)) {
            throw new BadLetterException("expected a JSON object");
        }
        for (Map.Entry<String, JsonNode> field : line.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw new BadLetterException(
                        "a letter has no field \"%s\"; put the corrected event in \"payload\""
                                .formatted(Printable.of(field.getKey())));
            }
        }
        return line;
    }

    private static String topic(ObjectNode line, String field) throws BadLetterException {
        JsonNode topic = line.get(field);
        if (topic == null || !topic.isTextual()) {
            throw new BadLetterException("it has no \"%s\", the name of a topic".formatted(field));
        }
        return topic.textValue();
    }

    /** The bytes that were set aside; null when the line does not say. */
    private static byte @Nullable [] original(ObjectNode line) throws BadLetterException {
        JsonNode base64 = line.get(RecordJson.BASE64);
        if (base64 == null || base64.isNull()) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(base64.asText());
        } catch (IllegalArgumentException e) {
            throw new BadLetterException(
                    "\"base64\" is not the payload that was set aside: " + e.getMessage());
        }
    }

    private @Nullable SpecificRecord before(byte[] original, Class<? extends SpecificRecord> type) {
        Content content = contents.read(original, Optional.of(type));
        return content.isAsExpected() ? content.event() : null;
    }

    private SpecificRecord event(
            ObjectNode line, Class<? extends SpecificRecord> type, @Nullable SpecificRecord before)
            throws BadLetterException {
        JsonNode payload = line.get(RecordJson.PAYLOAD);
        if (payload == null || payload.isNull()) {
            if (before != null) {
                return before;
            }
            throw new BadLetterException(
                    "its payload could not be read; write the event that it should have been, of type"
                            + " %s, as \"payload\"".formatted(type.getSimpleName()));
        }
        if (before != null && payload.equals(readable(before))) {
            // What has no JSON would be read as something else.
            return before;
        }
        try {
            return contents.decode(mapper.writeValueAsBytes(payload), type, EventFormat.JSON);
        } catch (UndecodableException e) {
            throw new BadLetterException(
                    "\"payload\" cannot be read as %s: %s"
                            .formatted(type.getSimpleName(), e.getMessage()));
        } catch (JsonProcessingException e) {
            throw new BadLetterException(e.getOriginalMessage());
        }
    }

    private JsonNode readable(SpecificRecord event) throws BadLetterException {
        try {
            return mapper.readTree(ReadableJson.of(event));
        } catch (JsonProcessingException e) {
            throw new BadLetterException(e.getOriginalMessage());
        }
    }

    private void check(String topic, byte[] value) throws BadLetterException {
        SourcedReader<?> reader = opened.computeIfAbsent(topic, name -> readers.of(topics, name));
        Origin now = new Origin(topic, -1, -1, System.currentTimeMillis());
        if (reader.read(value, now) instanceof Sourced.Rejected<?> rejected) {
            throw new BadLetterException(
                    "it would be set aside again: "
                            + rejected.letter().getReason()
                            + ", "
                            + rejected.letter().getDetail());
        }
    }

    private static String letter(ObjectNode line) {
        JsonNode letter = line.get(RecordJson.LETTER);
        return letter == null ? "" : Printable.of(letter.asText());
    }

    /** Says why a line cannot be put back. */
    private static final class BadLetterException extends Exception {
        private static final long serialVersionUID = 1L;

        BadLetterException(String message) {
            super(message);
        }
    }
}
