package io.millrace.jobs.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.TamperedPayloads;
import io.millrace.jobs.TestModels;
import io.millrace.jobs.label.ModelExamples;
import io.millrace.jobs.label.RatingReader;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.jobs.wire.SerializerTypeInfo;
import io.millrace.model.example.Example;
import io.millrace.model.feature.EventTime;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.loss.Objective;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Of every record that Kafka gives there is either an event or a dead letter with its bytes, never
 * both and never neither.
 */
class FuzzedSourceTest {

    private static final int RECORDS = 20_000;
    private static final long NOW = 1_700_000_000_000L;
    private static final Duration AHEAD = Duration.ofHours(1);

    @ParameterizedTest
    @EnumSource
    void anEventOrADeadLetter(EventFormat format) throws Exception {
        EventCodec<Rating> codec = EventCodec.of(Rating.class, format);
        TamperedPayloads tampered = new TamperedPayloads(36);
        KafkaEvents<Example> source = source(format);
        EventReader.Opened<Example> judge = reader(format).open();
        Map<Long, byte[]> expectedLetters = new TreeMap<>();
        int untouched = 0;
        List<Sourced<Example>> sourced = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            byte[] payload = codec.encode(rating(i));
            if (i % 2 == 0) {
                payload = tampered.of(payload);
            } else {
                untouched++;
            }
            if (!isValid(judge, payload)) {
                expectedLetters.put((long) i, payload == null ? new byte[0] : payload);
            }
            source.deserialize(record(i, payload), collectInto(sourced));
        }

        try (var router =
                new OneInputStreamOperatorTestHarness<Sourced<Example>, Example>(
                        new SourceRouter<>(false))) {
            router.setup(
                    SerializerTypeInfo.of(Example.class, ExampleSerializer::new)
                            .createSerializer(null));
            router.open();
            for (Sourced<Example> one : sourced) {
                router.processElement(new StreamRecord<>(one));
            }
            Queue<StreamRecord<DeadLetter>> letters =
                    router.getSideOutput(SourceRouter.DEAD_LETTERS);
            Map<Long, byte[]> bytes = new HashMap<>();
            for (StreamRecord<DeadLetter> letter : letters) {
                bytes.put(letter.getValue().getOffset(), letter.getValue().getPayload().array());
                assertThat(letter.getValue().getDetail())
                        .isNotBlank()
                        .doesNotMatch("(?s).*\\p{Cc}.*");
            }

            assertThat(letters).hasSize(expectedLetters.size());
            assertThat(bytes.keySet()).isEqualTo(expectedLetters.keySet());
            expectedLetters.forEach((at, raw) -> assertThat(bytes.get(at)).isEqualTo(raw));
            assertThat(router.extractOutputStreamRecords())
                    .hasSize(RECORDS - expectedLetters.size())
                    .hasSizeGreaterThanOrEqualTo(untouched);
            assertThat(expectedLetters).hasSizeGreaterThan(RECORDS / 4);
        }
    }

    /** What the source should find, worked out without it. */
    private static boolean isValid(EventReader.Opened<Example> judge, byte[] payload) {
        try {
            Sourced.Event<Example> event = judge.read(payload, new Origin("ratings", 0, 0, NOW));
            EventTime.check(event.eventTime(), NOW, AHEAD.toMillis());
            return true;
        } catch (UndecodableException | InvalidEventException e) {
            return false;
        }
    }

    private static RatingReader<Example> reader(EventFormat format) {
        return new RatingReader<>(
                new ModelExamples(TestModels.ratings()),
                new Objective.Rating(1, 5),
                format,
                64 << 10);
    }

    private static KafkaEvents<Example> source(EventFormat format) {
        KafkaEvents<Example> source = new KafkaEvents<>(reader(format), null, AHEAD);
        source.open(null);
        return source;
    }

    private static ConsumerRecord<byte[], byte[]> record(int offset, byte[] payload) {
        return new ConsumerRecord<>(
                "ratings",
                0,
                offset,
                NOW,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                payload,
                new RecordHeaders(),
                Optional.empty());
    }

    private static Rating rating(int i) {
        return new Rating(NOW + i, "u" + i % 30, "i" + i % 20, 1.0 + i % 5, Map.of("price", 2.5));
    }

    private static <T> Collector<T> collectInto(List<T> list) {
        return new Collector<>() {
            @Override
            public void collect(T value) {
                list.add(value);
            }

            @Override
            public void close() {}
        };
    }
}
