package io.millrace.jobs.simulate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.TestKafka;
import io.millrace.jobs.simulate.SimulatedEvent.Clicked;
import io.millrace.jobs.simulate.SimulatedEvent.Shown;
import io.millrace.jobs.simulate.WorldSettings.Drift;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
@Timeout(120)
class EventFeedITCase {

    private static final Pacer UNPACED = new Pacer(Double.POSITIVE_INFINITY);
    private static final int PARTITIONS = 2;

    @TempDir Path directory;

    private TestKafka kafka;
    private final World world = new World(1, Worlds.minute(Drift.NONE));

    @BeforeEach
    void start() {
        kafka = TestKafka.start(directory);
        kafka.createTopic("impressions", PARTITIONS);
        kafka.createTopic("clicks", PARTITIONS);
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    @Test
    void usageExample() throws Exception {
        Collection<RecordMetadata> acknowledged = new ConcurrentLinkedQueue<>();
        try (EventProducer producer = producer(EventFormat.AVRO)) {
            long written =
                    new EventFeed(producer, "impressions", "clicks")
                            .run(
                                    new Simulator(world, 2, 10),
                                    UNPACED,
                                    () -> false,
                                    (event, metadata) -> acknowledged.add(metadata));

            assertThat(acknowledged).hasSize((int) written);
        }
    }

    @Test
    void writesEveryEventAsItIs() throws Exception {
        for (EventFormat format : EventFormat.values()) {
            List<SimulatedEvent> events = new ArrayList<>();
            new Simulator(world, format.ordinal(), 10).forEachRemaining(events::add);
            Map<String, SpecificRecord> expected = new HashMap<>();
            events.forEach(event -> expected.put(topicAndId(event), record(event)));

            feed(format, events);

            Map<String, SpecificRecord> found = new HashMap<>();
            EventCodec<Impression> impressions = EventCodec.of(Impression.class, format);
            for (ConsumerRecord<String, byte[]> record : consume("impressions")) {
                if (expected.containsKey("impressions " + record.key())) {
                    found.put("impressions " + record.key(), impressions.decode(record.value()));
                }
            }
            EventCodec<Click> clicks = EventCodec.of(Click.class, format);
            for (ConsumerRecord<String, byte[]> record : consume("clicks")) {
                if (expected.containsKey("clicks " + record.key())) {
                    found.put("clicks " + record.key(), clicks.decode(record.value()));
                }
            }
            assertThat(found).isEqualTo(expected);
        }
    }

    @Test
    void acknowledgementsTellWhereAndWhen() throws Exception {
        Map<String, RecordMetadata> acknowledged = new ConcurrentHashMap<>();
        long before = System.currentTimeMillis();
        try (EventProducer producer = producer(EventFormat.AVRO)) {
            new EventFeed(producer, "impressions", "clicks")
                    .run(
                            new Simulator(world, 2, 10),
                            UNPACED,
                            () -> false,
                            (event, metadata) -> acknowledged.put(topicAndId(event), metadata));
        }

        for (ConsumerRecord<String, byte[]> record : consume("impressions")) {
            RecordMetadata metadata =
                    requireNonNull(acknowledged.get("impressions " + record.key()));
            assertThat(metadata.partition()).isEqualTo(record.partition());
            assertThat(metadata.offset()).isEqualTo(record.offset());
            assertThat(metadata.timestamp()).isEqualTo(record.timestamp());
            assertThat(record.timestamp()).isBetween(before, System.currentTimeMillis());
        }
    }

    @Test
    void clicksShareTheirImpressionsPartition() throws Exception {
        List<SimulatedEvent> events = new ArrayList<>();
        new Simulator(world, 2, 10).forEachRemaining(events::add);
        feed(EventFormat.AVRO, events);
        Map<String, Integer> partitions = new HashMap<>();
        consume("impressions").forEach(record -> partitions.put(record.key(), record.partition()));

        List<ConsumerRecord<String, byte[]>> clicks = consume("clicks");

        assertThat(clicks).isNotEmpty();
        assertThat(partitions.values()).contains(0, 1);
        assertThat(clicks)
                .allMatch(click -> Objects.equals(partitions.get(click.key()), click.partition()));
    }

    @Test
    void stopsWhenTold() throws Exception {
        List<SimulatedEvent> written = new ArrayList<>();
        try (EventProducer producer = producer(EventFormat.AVRO)) {
            Simulator simulator = new Simulator(world, 2, 10);
            long count =
                    new EventFeed(producer, "impressions", "clicks")
                            .run(
                                    new Recorded(simulator, written),
                                    UNPACED,
                                    () -> written.size() == 7,
                                    (event, metadata) -> {});

            assertThat(count).isEqualTo(7);
            assertThat(simulator.hasNext()).isTrue();
        }
    }

    @Test
    void whatKafkaRefusesIsThrown() {
        String tooLarge = "x".repeat(2 << 20);
        EventProducer producer = producer(EventFormat.AVRO);

        producer.send("clicks", "key", new Click(tooLarge, 0L));

        assertThatThrownBy(producer::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("topic clicks")
                .hasMessageContaining("RecordTooLarge");
    }

    private EventProducer producer(EventFormat format) {
        return new EventProducer(Map.of("bootstrap.servers", kafka.bootstrapServers()), format);
    }

    private void feed(EventFormat format, List<SimulatedEvent> events) throws InterruptedException {
        try (EventProducer producer = producer(format)) {
            new EventFeed(producer, "impressions", "clicks")
                    .run(events.iterator(), UNPACED, () -> false, (event, metadata) -> {});
        }
    }

    private List<ConsumerRecord<String, byte[]>> consume(String topic) {
        List<TopicPartition> partitions =
                IntStream.range(0, PARTITIONS).mapToObj(i -> new TopicPartition(topic, i)).toList();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end =
                    consumer.endOffsets(partitions).values().stream()
                            .mapToLong(offset -> offset)
                            .sum();
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            while (records.size() < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
            return records;
        }
    }

    private static String topicAndId(SimulatedEvent event) {
        return (event instanceof Shown ? "impressions " : "clicks ") + event.impressionId();
    }

    private static SpecificRecord record(SimulatedEvent event) {
        return event instanceof Shown shown ? shown.impression() : ((Clicked) event).click();
    }

    /** Remembers what it hands out. */
    private record Recorded(Iterator<SimulatedEvent> events, List<SimulatedEvent> seen)
            implements Iterator<SimulatedEvent> {

        @Override
        public boolean hasNext() {
            return events.hasNext();
        }

        @Override
        public SimulatedEvent next() {
            SimulatedEvent event = events.next();
            seen.add(event);
            return event;
        }
    }
}
