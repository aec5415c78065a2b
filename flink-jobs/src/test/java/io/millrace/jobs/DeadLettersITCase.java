package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.Click;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.IOUtils;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every event that cannot be used ends on the dead-letters topic, with its bytes and the reason;
 * the good ones around it are trained on. The jobs here may not restart: a failure ends them.
 */
@Tag("kafka")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class DeadLettersITCase {

    private static final long START = 1_700_000_000_000L;
    private static final long YEAR_2100 = 4_102_444_800_000L;
    private static final int GOOD = 300;

    /** Length of Avro's header, behind which the event begins. */
    private static final int HEADER = 10;

    /** The largest value that a producer sends unless it is told to send larger ones. */
    private static final int LARGEST_SENT = (1 << 20) - 100;

    @TempDir private static Path directory;
    private static TestKafka kafka;
    private static EmbeddedFlink flink;

    private final Random random = new Random(3);
    private final Map<String, Map<Integer, Long>> end = new HashMap<>();
    private final List<Letter> expected = new ArrayList<>();

    @BeforeAll
    static void start() {
        kafka = TestKafka.start(directory);
        flink = EmbeddedFlink.start(directory, 2);
        TestTopics.create(kafka);
    }

    @AfterAll
    static void stop() throws Exception {
        IOUtils.closeAll(flink, kafka);
    }

    @Test
    void ofImpressionsAndClicks() throws Exception {
        List<Bad> badImpressions = new ArrayList<>(badBytes(impression("x", START)));
        badImpressions.addAll(
                List.of(
                        new Bad(encode(click("x", START)), "WRONG_SCHEMA"),
                        new Bad(encode(impression("x", YEAR_2100)), "INVALID_TIME"),
                        new Bad(encode(impression("x", -1)), "INVALID_TIME"),
                        new Bad(encode(priced("x", Double.NaN)), "INVALID_VALUE"),
                        new Bad(encode(priced("x", Double.NEGATIVE_INFINITY)), "INVALID_VALUE"),
                        new Bad(encode(priced("x", "cheap")), "INVALID_VALUE"),
                        new Bad(encode(priced("x", 3e38)), "INVALID_VALUE"),
                        new Bad(encode(impression("", START)), "INVALID_VALUE"),
                        new Bad(encode(impression("x".repeat(257), START)), "INVALID_VALUE")));
        List<Bad> badClicks = new ArrayList<>(badBytes(click("x", START)));
        badClicks.addAll(
                List.of(
                        new Bad(encode(impression("x", START)), "WRONG_SCHEMA"),
                        new Bad(encode(click("x", YEAR_2100)), "INVALID_TIME"),
                        new Bad(encode(click("x", Long.MIN_VALUE)), "INVALID_TIME"),
                        new Bad(encode(click("", START)), "INVALID_VALUE"),
                        new Bad(encode(click("x".repeat(257), START)), "INVALID_VALUE"),
                        new Bad(encode(click("never shown", START)), "UNMATCHED_CLICK"),
                        new Bad(encode(click("shown 0", START - 1)), "UNMATCHED_CLICK"),
                        new Bad(encode(click("shown 0", START + 10_001)), "LATE_CLICK")));
        List<byte[]> impressions = new ArrayList<>();
        List<byte[]> clicks = new ArrayList<>();
        for (int i = 0; i < GOOD; i++) {
            impressions.add(encode(impression("shown " + i, START + i)));
            if (i % 3 == 1) {
                clicks.add(encode(click("shown " + i, START + i + 500)));
            }
        }
        send("impressions", impressions, badImpressions);
        send("clicks", clicks, badClicks);

        Manifest last = train(TestModels.clicks("clicks"));

        assertThat(last.examples()).isEqualTo(GOOD);
        assertThat(last.offsets()).isEqualTo(end);
        assertThat(letters("impressions", "clicks")).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void ofRatings() throws Exception {
        List<Bad> bad = new ArrayList<>(badBytes(rating(START, 3)));
        bad.addAll(
                List.of(
                        new Bad(encode(click("x", START)), "WRONG_SCHEMA"),
                        new Bad(encode(rating(YEAR_2100, 3)), "INVALID_TIME"),
                        new Bad(encode(rating(-1, 3)), "INVALID_TIME"),
                        new Bad(encode(rating(START, Double.NaN)), "INVALID_VALUE"),
                        new Bad(encode(rating(START, Double.POSITIVE_INFINITY)), "INVALID_VALUE"),
                        new Bad(encode(rating(START, 5.5)), "INVALID_VALUE"),
                        new Bad(encode(ratingAtPrice(Double.NaN)), "INVALID_VALUE"),
                        new Bad(encode(ratingAtPrice(1e30)), "INVALID_VALUE")));
        List<byte[]> good = new ArrayList<>();
        for (int i = 0; i < GOOD; i++) {
            good.add(encode(rating(START + i, 1 + i % 5)));
        }
        send("ratings", good, bad);

        Manifest last = train(TestModels.ratings("ratings"));

        assertThat(last.examples()).isEqualTo(GOOD);
        assertThat(last.offsets()).isEqualTo(end);
        assertThat(letters("ratings")).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** What can be wrong with the bytes of any event. */
    private List<Bad> badBytes(SpecificRecord good) {
        byte[] bytes = encode(good);
        byte[] noise = new byte[100];
        random.nextBytes(noise);
        byte[] noisyBody = Arrays.copyOf(bytes, 50);
        Arrays.fill(noisyBody, HEADER, noisyBody.length, (byte) -1);
        return List.of(
                new Bad(new byte[0], "EMPTY"),
                new Bad(null, "EMPTY"),
                new Bad(Arrays.copyOf(bytes, 5), "TRUNCATED"),
                new Bad(Arrays.copyOf(bytes, bytes.length - 1), "TRUNCATED"),
                new Bad(noise, "MALFORMED"),
                new Bad(noisyBody, "MALFORMED"),
                new Bad(Arrays.copyOf(bytes, bytes.length + 1), "MALFORMED"),
                new Bad(Arrays.copyOf(bytes, (64 << 10) + 1), "TOO_LARGE"),
                new Bad(Arrays.copyOf(bytes, LARGEST_SENT), "TOO_LARGE"));
    }

    /** Sends bad events between good ones, and notes where they went. */
    private void send(String topic, List<byte[]> good, List<Bad> bad) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = TestRatings.producer(kafka)) {
            int every = good.size() / bad.size();
            for (int i = 0; i < good.size(); i++) {
                if (i % every == 0 && i / every < bad.size()) {
                    Bad event = bad.get(i / every);
                    RecordMetadata at =
                            producer.send(new ProducerRecord<>(topic, event.payload)).get();
                    expected.add(
                            Letter.of(
                                    topic,
                                    at.partition(),
                                    at.offset(),
                                    at.timestamp(),
                                    event.payload == null ? new byte[0] : event.payload,
                                    event.reason));
                }
                producer.send(new ProducerRecord<>(topic, good.get(i)));
            }
        }
        end.put(topic, Map.of(0, (long) good.size() + bad.size()));
    }

    private Manifest train(String model) throws Exception {
        PipelineConfig config = TestPipelines.of(model, kafka, directory.resolve("model"), 1, 1);
        Configuration noRestart = new Configuration();
        noRestart.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        StreamExecutionEnvironment env = flink.environment(noRestart);
        new TrainingJob(config, 0, end).build(env);
        env.execute("dead letters");
        return VersionRows.newest(config);
    }

    private static List<Letter> letters(String... topics) throws Exception {
        List<Letter> letters = new ArrayList<>();
        for (DeadLetter letter : TopicReader.all(kafka, "dead-letters", DeadLetter.class)) {
            if (Arrays.asList(topics).contains(letter.getTopic())) {
                assertThat(letter.getDetail()).isNotBlank();
                letters.add(
                        Letter.of(
                                letter.getTopic(),
                                letter.getPartition(),
                                letter.getOffset(),
                                letter.getTimestamp(),
                                letter.getPayload().array(),
                                letter.getReason()));
            }
        }
        return letters;
    }

    private static Impression impression(String id, long time) {
        return new Impression(id, time, "u" + time % 7, "i" + time % 5, Map.of("price", 2.5));
    }

    private static Impression priced(String id, Object price) {
        return new Impression(id, START, "u", "i", Map.of("price", price));
    }

    private static Click click(String id, long time) {
        return new Click(id, time);
    }

    private static Rating rating(long time, double rating) {
        return new Rating(time, "u" + time % 7, "i" + time % 5, rating, Map.of("price", 2.5));
    }

    private static Rating ratingAtPrice(double price) {
        return new Rating(START, "u", "i", 3.0, Map.of("price", price));
    }

    @SuppressWarnings("unchecked")
    private static <T extends SpecificRecord> byte[] encode(T event) {
        return EventCodec.of((Class<T>) event.getClass(), EventFormat.AVRO).encode(event);
    }

    private record Bad(byte[] payload, String reason) {}

    /** A dead letter as far as it can be foretold; the payload in hexadecimal. */
    private record Letter(
            String topic,
            int partition,
            long offset,
            long timestamp,
            String payload,
            String reason) {

        static Letter of(
                String topic,
                int partition,
                long offset,
                long timestamp,
                byte[] payload,
                String reason) {
            return new Letter(
                    topic, partition, offset, timestamp, HexFormat.of().formatHex(payload), reason);
        }

        @Override
        public String toString() {
            String shown =
                    payload.length() > 60
                            ? payload.substring(0, 60) + "... of " + payload.length() / 2 + " bytes"
                            : payload;
            return reason + " " + topic + "-" + partition + "@" + offset + " " + shown;
        }
    }
}
