package io.millrace.jobs.cli.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.source.DeadLetters;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.Click;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A pipeline, and dead letters that it might have written. */
final class Letters {

    static final long TIME = 1_700_000_000_000L;
    static final PipelineConfig PIPELINE =
            PipelineConfigReader.read(
                    """
                    model: clicks
                    objective: {type: click}
                    features:
                      user: {type: categorical, dimension: 4}
                      price: {type: numeric}
                    architecture: {type: dcn-v2, cross-layers: 1}
                    optimizers:
                      embedding: {type: sgd, learning-rate: 0.1}
                      dense: {type: sgd, learning-rate: 0.1}
                    """,
                    "test.yaml");

    private Letters() {}

    static Impression impression(String id, Object price) {
        Map<String, Object> features = new HashMap<>();
        features.put("price", price);
        return new Impression(id, TIME, "user-7", "item-3", features);
    }

    /** Refused for a price that is none. */
    static DeadLetter invalid() {
        return letter(
                "impressions",
                41,
                encode(impression("a", Double.NaN)),
                "INVALID_VALUE",
                "price is NaN; expected a finite number");
    }

    static DeadLetter truncated() {
        return letter(
                "impressions",
                42,
                Arrays.copyOf(encode(impression("b", 2.5)), 21),
                "TRUNCATED",
                "The Impression is cut off.");
    }

    static DeadLetter unmatched() {
        return letter(
                "clicks",
                7,
                encode(new Click("nobody", TIME)),
                "UNMATCHED_CLICK",
                "click of impression nobody has no impression");
    }

    static DeadLetter json() {
        return letter(
                "clicks",
                8,
                "{\"impressionId\": \"c\", \"timestamp\": 5}".getBytes(UTF_8),
                "MALFORMED",
                "The payload does not begin with C3 01; it may be JSON.");
    }

    static DeadLetter letter(
            String topic, long offset, byte[] payload, String reason, String detail) {
        return DeadLetters.of(
                new Origin(topic, 0, offset, TIME), payload, reason, detail, TIME + offset);
    }

    @SuppressWarnings("unchecked")
    static <T extends SpecificRecord> byte[] encode(T event) {
        return EventCodec.of((Class<T>) event.getClass(), EventFormat.AVRO).encode(event);
    }

    static ConsumerRecord<byte[], byte[]> record(String topic, long offset, byte[] value) {
        return new ConsumerRecord<>(
                topic,
                0,
                offset,
                TIME,
                TimestampType.CREATE_TIME,
                1,
                value.length,
                "key".getBytes(UTF_8),
                value,
                new RecordHeaders(),
                Optional.empty());
    }
}
