package io.millrace.jobs;

import io.millrace.model.ModelSpec;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.loss.NegativeSample;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Seeded impressions with clicks in the attribution window, late ones, further ones, and
 * impressions that are sent again. Negatives are sampled, so that how many examples there are tells
 * whether a click was met.
 */
final class TestClicks {

    static final Duration WINDOW = Duration.ofSeconds(2);
    static final Duration LATE_WINDOW = Duration.ofSeconds(6);
    static final double NEGATIVE_SAMPLING = 0.25;

    private static final long START = 1_700_000_000_000L;
    private static final long STEP = 10;
    private static final NegativeSample SAMPLE = new NegativeSample(NEGATIVE_SAMPLING);

    private final List<Impression> impressions = new ArrayList<>();
    private final List<Click> clicks = new ArrayList<>();
    private final List<Integer> examples = new ArrayList<>();

    /** So many impressions, beside those that are sent again. */
    TestClicks(int count, long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            Impression shown = impression(random, i);
            show(shown, examples(random, shown));
            if (random.nextInt(20) == 0) {
                show(shown, 0);
            }
        }
        clicks.sort(Comparator.comparingLong(Click::getTimestamp));
    }

    /** Adds the clicks of an impression; how many examples they make of it. */
    private int examples(Random random, Impression shown) {
        int negative = SAMPLE.contains(shown.getImpressionId()) ? 1 : 0;
        int kind = random.nextInt(10);
        if (kind < 4) {
            click(shown, random.nextInt(millis(WINDOW) + 1));
            for (int more = random.nextInt(3); more > 0; more--) {
                click(shown, random.nextInt(millis(LATE_WINDOW) + 1));
            }
            return 1;
        }
        if (kind < 6) {
            click(shown, millis(WINDOW) + 1 + random.nextInt(millis(LATE_WINDOW.minus(WINDOW))));
            // The positive, the negative, and what takes that back.
            return 1 + 2 * negative;
        }
        return negative;
    }

    private void show(Impression shown, int makes) {
        impressions.add(shown);
        examples.add(makes);
    }

    private void click(Impression shown, int delay) {
        clicks.add(new Click(shown.getImpressionId(), shown.getTimestamp() + delay));
    }

    void send(TestKafka kafka) {
        EventCodec<Impression> shown = EventCodec.of(Impression.class, EventFormat.AVRO);
        EventCodec<Click> clicked = EventCodec.of(Click.class, EventFormat.AVRO);
        try (KafkaProducer<byte[], byte[]> producer = TestRatings.producer(kafka)) {
            impressions.forEach(
                    i -> producer.send(new ProducerRecord<>("impressions", shown.encode(i))));
            clicks.forEach(c -> producer.send(new ProducerRecord<>("clicks", clicked.encode(c))));
        }
    }

    /** Where each partition ends. */
    Map<String, Map<Integer, Long>> ends() {
        return Map.of(
                "impressions", Map.of(0, (long) impressions.size()),
                "clicks", Map.of(0, (long) clicks.size()));
    }

    /** How many examples all of them make. */
    long examples() {
        return examples.stream().mapToLong(Integer::longValue).sum();
    }

    /** Row key to the number of those examples that concern the row. */
    SortedMap<Long, Long> exampleCounts(ModelSpec spec) throws InvalidEventException {
        ExpectedCounts counts = new ExpectedCounts(spec);
        for (int i = 0; i < impressions.size(); i++) {
            Impression shown = impressions.get(i);
            counts.add(
                    shown.getUser(),
                    shown.getItem(),
                    shown.getFeatures(),
                    shown.getTimestamp(),
                    examples.get(i));
        }
        return counts.counts();
    }

    private static Impression impression(Random random, int i) {
        return new Impression(
                "shown " + i,
                START + i * STEP,
                "u" + (int) (300 * Math.pow(random.nextDouble(), 2)),
                "i" + (int) (200 * Math.pow(random.nextDouble(), 2)),
                Map.of());
    }

    private static int millis(Duration time) {
        return (int) time.toMillis();
    }
}
