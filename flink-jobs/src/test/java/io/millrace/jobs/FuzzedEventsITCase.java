package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.label.ModelExamples;
import io.millrace.jobs.label.RatingReader;
import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Origin;
import io.millrace.model.feature.EventTime;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.loss.Objective;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of tampered events between good ones, through the job itself, which may not restart:
 * what can be read is trained on, and all else is a dead letter with its bytes.
 */
@Tag("kafka")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class FuzzedEventsITCase {

    private static final int EVENTS = 8_000;
    private static final long START = 1_700_000_000_000L;
    private static final long MAX_AHEAD = 3_600_000;

    private final SortedMap<Long, String> rejected = new TreeMap<>();

    @Test
    void everyRejectedEventIsADeadLetter(@TempDir Path directory) throws Exception {
        try (TestKafka kafka = TestKafka.start(directory);
                EmbeddedFlink flink = EmbeddedFlink.start(directory, 2)) {
            TestTopics.create(kafka);
            send(kafka);
            PipelineConfig config =
                    TestPipelines.of(TestModels.ratings("fuzzed"), kafka, directory, 1, 1);

            Configuration noRestart = new Configuration();
            noRestart.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
            StreamExecutionEnvironment env = flink.environment(noRestart);
            new TrainingJob(config, 0, Map.of("ratings", Map.of(0, (long) EVENTS))).build(env);
            env.execute("fuzzed events");

            assertThat(rejected).hasSizeBetween(EVENTS / 4, EVENTS / 2);
            assertThat(VersionRows.newest(config).examples()).isEqualTo(EVENTS - rejected.size());
            SortedMap<Long, String> letters = new TreeMap<>();
            for (DeadLetter letter : TopicReader.all(kafka, "dead-letters", DeadLetter.class)) {
                assertThat(letters.put(letter.getOffset(), hex(letter.getPayload().array())))
                        .as("a second letter of offset %d", letter.getOffset())
                        .isNull();
            }
            assertThat(letters).isEqualTo(rejected);
        }
    }

    private void send(TestKafka kafka) throws Exception {
        EventCodec<Rating> codec = EventCodec.of(Rating.class, EventFormat.AVRO);
        TamperedPayloads tampered = new TamperedPayloads(37);
        RatingReader<?> reader =
                new RatingReader<>(
                        new ModelExamples(TestModels.ratings()),
                        new Objective.Rating(1, 5),
                        EventFormat.AVRO,
                        64 << 10);
        EventReader.Opened<?> judge = reader.open();
        try (KafkaProducer<byte[], byte[]> producer = TestRatings.producer(kafka)) {
            for (int i = 0; i < EVENTS; i++) {
                byte[] payload = codec.encode(rating(i));
                if (i % 2 == 0) {
                    payload = tampered.of(payload);
                }
                if (!isValid(judge, payload)) {
                    rejected.put((long) i, payload == null ? "" : hex(payload));
                }
                producer.send(new ProducerRecord<>("ratings", payload));
            }
        }
    }

    private static boolean isValid(EventReader.Opened<?> judge, byte[] payload) {
        long now = System.currentTimeMillis();
        try {
            long time = judge.read(payload, new Origin("ratings", 0, 0, now)).eventTime();
            EventTime.check(time, now, MAX_AHEAD);
            return true;
        } catch (UndecodableException | InvalidEventException e) {
            return false;
        }
    }

    private static Rating rating(int i) {
        return new Rating(START + i, "u" + i % 30, "i" + i % 20, 1.0 + i % 5, Map.of("price", 2.5));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
