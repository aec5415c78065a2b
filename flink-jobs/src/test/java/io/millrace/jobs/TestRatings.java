package io.millrace.jobs;

import io.millrace.model.ModelSpec;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Seeded ratings by 300 users of 200 items, each user and item with a mean of its own. */
public final class TestRatings {

    private TestRatings() {}

    public static void send(TestKafka kafka, int count, long seed) {
        Random random = new Random(seed);
        EventCodec<Rating> codec = EventCodec.of(Rating.class, EventFormat.AVRO);
        try (KafkaProducer<byte[], byte[]> producer = producer(kafka)) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>("ratings", codec.encode(rating(random, i))));
            }
        }
    }

    /** The same ratings as {@link #send} sends. */
    public static List<Rating> list(int count, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, count).mapToObj(i -> rating(random, i)).toList();
    }

    /** Row key to the number of those ratings that concern the row. */
    public static SortedMap<Long, Long> exampleCounts(int count, long seed, ModelSpec spec)
            throws InvalidEventException {
        Random random = new Random(seed);
        ExpectedCounts counts = new ExpectedCounts(spec);
        for (int i = 0; i < count; i++) {
            Rating rating = rating(random, i);
            counts.add(
                    rating.getUser(),
                    rating.getItem(),
                    rating.getFeatures(),
                    rating.getTimestamp(),
                    1);
        }
        return counts.counts();
    }

    public static KafkaProducer<byte[], byte[]> producer(TestKafka kafka) {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static Rating rating(Random random, int i) {
        int user = (int) (300 * Math.pow(random.nextDouble(), 2));
        int item = (int) (200 * Math.pow(random.nextDouble(), 2));
        double mean = 3 + Math.sin(user) + Math.cos(item);
        double rating = Math.rint(Math.max(1, Math.min(5, mean + 0.5 * random.nextGaussian())));
        return Rating.newBuilder()
                .setTimestamp(1_700_000_000_000L + i * 10L)
                .setUser("u" + user)
                .setItem("i" + item)
                .setRating(rating)
                .setFeatures(Map.of())
                .build();
    }
}
