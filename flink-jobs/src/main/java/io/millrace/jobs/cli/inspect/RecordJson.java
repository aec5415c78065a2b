package io.millrace.jobs.cli.inspect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.codec.ReadableJson;
import java.io.UncheckedIOException;
import java.util.Base64;

/** A record as a line of JSON; docs/cli.md describes it. */
final class RecordJson {

    static final String LETTER = "letter";
    static final String TIME = "time";
    static final String REASON = "reason";
    static final String DETAIL = "detail";
    static final String TOPIC = "topic";
    static final String PARTITION = "partition";
    static final String OFFSET = "offset";
    static final String TIMESTAMP = "timestamp";
    static final String TO = "to";
    static final String KEY = "key";
    static final String RECORD = "record";
    static final String PAYLOAD = "payload";
    static final String BASE64 = "base64";

    private final JsonMapper mapper = new JsonMapper();

    String of(Inspected record) {
        ObjectNode line = mapper.createObjectNode();
        DeadLetter letter = record.letter();
        if (letter == null) {
            place(line, record.topic(), record.partition(), record.offset(), record.timestamp());
            line.put(KEY, record.key());
        } else {
            line.put(LETTER, record.place())
                    .put(TIME, Inspected.instant(letter.getTime()))
                    .put(REASON, letter.getReason())
                    .put(DETAIL, letter.getDetail());
            place(
                    line,
                    letter.getTopic(),
                    letter.getPartition(),
                    letter.getOffset(),
                    letter.getTimestamp());
            line.put(TO, letter.getTopic());
        }
        content(line, record.content());
        try {
            return ReadableJson.escaped(mapper.writeValueAsString(line));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Writing to memory cannot fail.", e);
        }
    }

    private static void place(
            ObjectNode line, String topic, int partition, long offset, long timestamp) {
        line.put(TOPIC, topic)
                .put(PARTITION, partition)
                .put(OFFSET, offset)
                .put(TIMESTAMP, Inspected.instant(timestamp));
    }

    private void content(ObjectNode line, Content content) {
        if (content.event() == null) {
            line.putNull(RECORD).putNull(PAYLOAD);
        } else {
            try {
                line.put(RECORD, content.event().getSchema().getName())
                        .set(PAYLOAD, mapper.readTree(ReadableJson.of(content.event())));
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException("What was just written is JSON.", e);
            }
        }
        line.put(BASE64, Base64.getEncoder().encodeToString(content.bytes()));
    }
}
