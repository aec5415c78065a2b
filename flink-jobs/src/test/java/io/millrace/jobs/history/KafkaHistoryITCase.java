package io.millrace.jobs.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.jobs.Await;
import io.millrace.jobs.TestKafka;
import io.millrace.jobs.TestPipelines;
import io.millrace.jobs.TestRatings;
import io.millrace.jobs.history.HistoryEvent.Kind;
import io.millrace.model.version.Manifest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.util.IOUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
@Timeout(120)
class KafkaHistoryITCase {

    private static final long START = 1_700_000_000_000L;
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @TempDir Path directory;

    private TestKafka kafka;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void start() {
        kafka = TestKafka.start(directory);
        producer = TestRatings.producer(kafka);
    }

    @AfterEach
    void stop() throws Exception {
        IOUtils.closeAll(producer, kafka);
    }

    @Test
    void usageExample() throws Exception {
        kafka.createTopic("impressions", 1);
        kafka.createTopic("clicks", 1);
        send("impressions", 0, START, KafkaRecords.impression(START));
        send("impressions", 0, START, KafkaRecords.impression(START + 2));
        send("clicks", 0, START, KafkaRecords.click(START + 1));

        KafkaHistory history = KafkaHistory.between(clicks(), TimeRange.ALL);

        assertThat(history.size()).isEqualTo(3);
        assertThat(read(history))
                .extracting(HistoryEvent::kind, HistoryEvent::time)
                .containsExactly(
                        tuple(Kind.IMPRESSION, START),
                        tuple(Kind.CLICK, START + 1),
                        tuple(Kind.IMPRESSION, START + 2));
        assertThat(history.facts())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "brokers", kafka.bootstrapServers(),
                                "topics", "clicks, impressions",
                                "offsets", "clicks/0=0..1 impressions/0=0..2",
                                "selected by", "event time",
                                "event time", "all"));
    }

    @Test
    void partitionsOfAnySkewAreSortedAndReadTwiceTheSame() throws Exception {
        kafka.createTopic("ratings", 3);
        Random random = new Random(5);
        long[] times = {START, START, START + 900_000};
        long[] offsets = new long[3];
        List<List<Long>> expected = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            int partition = i % 10 == 0 ? 1 : i % 3 == 0 ? 2 : 0;
            times[partition] += random.nextInt(partition == 1 ? 300 : 30);
            expected.add(List.of(times[partition], (long) partition, offsets[partition]++));
            send("ratings", partition, START + HOUR, KafkaRecords.rating(times[partition]));
        }
        expected.sort(
                Comparator.<List<Long>>comparingLong(key -> key.get(0))
                        .thenComparingLong(key -> key.get(1))
                        .thenComparingLong(key -> key.get(2)));
        KafkaHistory history = KafkaHistory.between(ratings(), TimeRange.ALL);

        List<List<Long>> first = keys(read(history));

        assertThat(first).containsExactlyElementsOf(expected);
        assertThat(keys(read(copy(history)))).isEqualTo(first);
        assertThat(groups()).isEmpty();
    }

    /** A history is read in a task, so it travels there. */
    private static KafkaHistory copy(KafkaHistory history) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(history);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (KafkaHistory) in.readObject();
        }
    }

    /** The records before it in the log fill many times what is kept of a partition. */
    @Test
    void memoryIsBoundedWhenOnePartitionIsFarBehind() throws Exception {
        kafka.createTopic("ratings", 2);
        for (int i = 0; i < 60_000; i++) {
            send("ratings", 0, START, KafkaRecords.rating(START + i));
            send("ratings", 1, START, KafkaRecords.rating(START - 60_000 + i));
        }
        KafkaTopics topics = ratings();
        KafkaHistory history = KafkaHistory.between(topics, TimeRange.ALL);
        int full = 64 << 10;
        long largest = 0;
        int count = 0;
        try (KafkaCursor cursor =
                new KafkaCursor(
                        topics,
                        history.ranges(),
                        TimeRange.ALL,
                        topics.connect(full),
                        full,
                        KafkaCursor.PATIENCE)) {
            while (cursor.next() != null) {
                largest = Math.max(largest, cursor.bytes());
                count++;
            }
        }

        assertThat(count).isEqualTo(120_000);
        assertThat(largest).isBetween((long) full, 2L * full + 1_000 * 300);
    }

    @Test
    void aVersionsOffsetsCutTheHistoryInTwo() throws Exception {
        kafka.createTopic("ratings", 2);
        for (int i = 0; i < 100; i++) {
            send("ratings", i % 2, START, KafkaRecords.rating(START + i));
        }
        Manifest version = KafkaRecords.version(7, Map.of("ratings", Map.of(0, 20L, 1, 35L)));

        KafkaHistory before = KafkaHistory.ofVersions(ratings(), null, version, TimeRange.ALL);
        KafkaHistory after = KafkaHistory.ofVersions(ratings(), version, null, TimeRange.ALL);

        assertThat(before.ranges())
                .containsExactly(
                        KafkaRange.parse("ratings/0=0..20"), KafkaRange.parse("ratings/1=0..35"));
        assertThat(after.ranges())
                .containsExactly(
                        KafkaRange.parse("ratings/0=20..50"), KafkaRange.parse("ratings/1=35..50"));
        assertThat(before.facts())
                .containsEntry("selected by", "the log's beginning to version 7 of m");
        assertThat(after.facts()).containsEntry("selected by", "version 7 of m to the log's end");
        assertThat(read(before)).hasSize(55);
        assertThat(read(after))
                .hasSize(45)
                .extracting(HistoryEvent::time)
                .startsWith(START + 40, START + 42)
                .endsWith(START + 99);
        assertThat(
                        read(
                                KafkaHistory.ofOffsets(
                                        ratings(),
                                        Arrays.stream(after.facts().get("offsets").split(" "))
                                                .map(KafkaRange::parse)
                                                .toList(),
                                        new TimeRange(START + 90, START + 95))))
                .extracting(HistoryEvent::time)
                .containsExactly(START + 90, START + 91, START + 92, START + 93, START + 94);
    }

    @Test
    void abortedRecordsAreNoEventsAndTheMarkerAtTheEndIsNoneEither() throws Exception {
        kafka.createTopic("ratings", 1);
        try (KafkaProducer<byte[], byte[]> transactions =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                kafka.bootstrapServers(),
                                "transactional.id",
                                "t"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            transactions.initTransactions();
            transactions.beginTransaction();
            transactions.send(record("ratings", 0, START, KafkaRecords.rating(START)));
            transactions.commitTransaction();
            transactions.beginTransaction();
            transactions.send(record("ratings", 0, START, KafkaRecords.rating(START + 1)));
            // What has not been sent yet would not be aborted but dropped.
            transactions.flush();
            transactions.abortTransaction();
            awaitEnd(4);
            KafkaHistory history = KafkaHistory.between(ratings(), TimeRange.ALL);

            assertThat(history.size()).isEqualTo(4);
            assertThat(read(history)).extracting(HistoryEvent::time).containsExactly(START);

            transactions.beginTransaction();
            transactions.send(record("ratings", 0, START, KafkaRecords.rating(START + 2)));
            transactions.flush();
            assertThat(KafkaHistory.between(ratings(), TimeRange.ALL).size()).isEqualTo(4);
        }
    }

    /** The first record arrived too early for any time in the range, the last has a later one. */
    @Test
    void aRangeOfEventTimeBeginsByArrival() throws Exception {
        kafka.createTopic("ratings", 1);
        send("ratings", 0, START - 2 * HOUR, KafkaRecords.rating(START - 3 * HOUR));
        send("ratings", 0, START - HOUR, KafkaRecords.rating(START));
        send("ratings", 0, START + 5 * HOUR, KafkaRecords.rating(START + 1));
        send("ratings", 0, START + 5 * HOUR, KafkaRecords.rating(START + 2));

        KafkaHistory history = KafkaHistory.between(ratings(), new TimeRange(START, START + 2));

        assertThat(history.ranges()).containsExactly(KafkaRange.parse("ratings/0=1..4"));
        assertThat(read(history)).extracting(HistoryEvent::time).containsExactly(START, START + 1);
        assertThat(history.facts())
                .containsEntry("event time", "2023-11-14T22:13:20Z to 2023-11-14T22:13:20.002Z");
    }

    @Test
    void recordsThatWereRemovedAreAGap() throws Exception {
        kafka.createTopic("ratings", 1);
        for (int i = 0; i < 10; i++) {
            send("ratings", 0, START + i * HOUR, KafkaRecords.rating(START + i * HOUR));
        }
        removeBefore("ratings", 4);
        String offsets = "--offsets ratings/0=4..10";

        refused(
                () ->
                        KafkaHistory.between(
                                ratings(), new TimeRange(START + 3 * HOUR, START + 9 * HOUR)),
                "Kafka has removed the records of ratings/0 before offset 4, and with them perhaps"
                        + " some from 2023-11-15T01:13:20Z on, for the oldest that is left arrived"
                        + " at 2023-11-15T02:13:20Z; --from 2023-11-15T02:13:20Z or later, or "
                        + offsets
                        + ", would work");
        refused(
                () ->
                        KafkaHistory.ofVersions(
                                ratings(),
                                KafkaRecords.version(7, Map.of("ratings", Map.of(0, 3L))),
                                null,
                                TimeRange.ALL),
                "version 7 of m ends at offset 3 of ratings/0, but Kafka has removed the records"
                        + " before offset 4; a later version or "
                        + offsets
                        + " would work");
        assertThat(
                        KafkaHistory.between(
                                        ratings(),
                                        new TimeRange(START + 4 * HOUR, START + 9 * HOUR))
                                .ranges())
                .containsExactly(KafkaRange.parse("ratings/0=4..10"));
        assertThat(KafkaHistory.between(ratings(), TimeRange.ALL).ranges())
                .containsExactly(KafkaRange.parse("ratings/0=4..10"));
    }

    @Test
    void recordsThatVanishMeanwhileEndTheReading() throws Exception {
        kafka.createTopic("ratings", 1);
        for (int i = 0; i < 10; i++) {
            send("ratings", 0, START, KafkaRecords.rating(START + i));
        }
        KafkaHistory history = KafkaHistory.between(ratings(), TimeRange.ALL);
        removeBefore("ratings", 4);

        assertThatThrownBy(() -> read(history))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("were removed from Kafka")
                .hasMessageContaining("while they were read");
    }

    @Test
    void aHistoryHoldsEvents() throws Exception {
        kafka.createTopic("ratings", 1);
        byte[] click = KafkaRecords.click(START);
        refused(
                () -> KafkaHistory.between(ratings(), TimeRange.ALL),
                "there is no record on topic ratings at " + kafka.bootstrapServers());
        send("ratings", 0, START, click);
        send("ratings", 0, START, click);
        assertThatThrownBy(() -> KafkaHistory.between(ratings(), TimeRange.ALL))
                .isInstanceOf(HistoryException.class)
                .hasMessageStartingWith(
                        "no record in ratings/0=0..2 can be read as an event in AVRO, the"
                                + " pipeline's events.format; the first is ratings/0, offset 0: The"
                                + " payload was written with schema")
                .hasMessageContaining("io.millrace.schemas.Click");
        send("ratings", 0, START, KafkaRecords.rating(START - 9));
        send("ratings", 0, START, KafkaRecords.rating(START - 5));

        refused(
                () -> KafkaHistory.between(ratings(), new TimeRange(START - 2, START)),
                "none of the 2 events in ratings/0=0..4 has a time in"
                        + " 2023-11-14T22:13:19.998Z to 2023-11-14T22:13:20Z; theirs go from"
                        + " 2023-11-14T22:13:19.991Z to 2023-11-14T22:13:19.995Z");
        refused(
                () -> KafkaHistory.between(ratings(), new TimeRange(START, START)),
                "the range of event time is empty: 2023-11-14T22:13:20Z to 2023-11-14T22:13:20Z;"
                        + " expected a beginning before its end");
        assertThat(read(KafkaHistory.between(ratings(), TimeRange.ALL)))
                .extracting(HistoryEvent::time)
                .containsExactly(0L, 0L, START - 9, START - 5);
    }

    /** Each from the beginning of its log, however late the events are wanted. */
    @Test
    void profilesAreReadBesideTheEventsPartitionByPartition() throws Exception {
        kafka.createTopic("ratings", 1);
        kafka.createTopic("users", 2, true);
        for (int i = 0; i < 10; i++) {
            send("ratings", 0, START + i * HOUR, KafkaRecords.rating(START + i * HOUR));
        }
        producer.send(keyed("users", 1, "b", KafkaRecords.profile("b", START + 4)));
        producer.send(keyed("users", 0, "a", KafkaRecords.profile("a", START + 9)));
        producer.send(keyed("users", 0, "a", KafkaRecords.profile("a", START + 2)));
        producer.send(keyed("users", 0, "gone", null));
        producer.send(keyed("users", 0, "c", KafkaRecords.profile("c", START + 7 * HOUR)));
        producer.send(keyed("users", 1, "b", new byte[] {9}));
        producer.flush();
        KafkaTopics topics = KafkaRecords.profiled(kafka.bootstrapServers(), "users");

        KafkaHistory history =
                copy(
                        KafkaHistory.between(
                                topics, new TimeRange(START + 5 * HOUR, START + 7 * HOUR)));

        assertThat(profiles(history))
                .containsExactly("users-0@0", "users-0@1", "users-0@2", "users-1@0", "users-1@1");
        assertThat(history.size()).isEqualTo(6);
        assertThat(read(history)).hasSize(2);
        assertThat(history.profiles()).containsExactly(Map.entry("users", 6L));
        assertThat(history.facts())
                .containsEntry("offsets", "ratings/0=4..10 users/0=0..4 users/1=0..2")
                .containsEntry("topics", "ratings")
                .containsEntry("topics of profiles", "users");

        producer.send(keyed("users", 0, "d", KafkaRecords.profile("d", START)));
        producer.flush();
        List<KafkaRange> same = history.allRanges();
        assertThat(profiles(KafkaHistory.ofOffsets(topics, same, history.times())))
                .isEqualTo(profiles(history));
        assertThat(profiles(KafkaHistory.ofOffsets(topics, history.ranges(), history.times())))
                .hasSize(6);
        Manifest version =
                KafkaRecords.version(
                        7, Map.of("ratings", Map.of(0, 4L), "users", Map.of(0, 2L, 1, 1L)));
        assertThat(profiles(KafkaHistory.ofVersions(topics, version, null, TimeRange.ALL)))
                .hasSize(7);
        assertThat(profiles(KafkaHistory.ofVersions(topics, null, version, TimeRange.ALL)))
                .containsExactly("users-0@0", "users-0@1", "users-1@0");
    }

    private static ProducerRecord<byte[], byte[]> keyed(
            String topic, int partition, String key, byte[] payload) {
        return new ProducerRecord<>(
                topic, partition, START + 9 * HOUR, key.getBytes(UTF_8), payload);
    }

    private static List<String> profiles(KafkaHistory history) throws IOException {
        List<String> places = new ArrayList<>();
        try (HistoryCursor<HistoryProfile> cursor = history.openProfiles()) {
            for (HistoryProfile next = cursor.next(); next != null; next = cursor.next()) {
                places.add(
                        next.table()
                                + "-"
                                + next.origin().partition()
                                + "@"
                                + next.origin().offset());
            }
        }
        return places;
    }

    @Test
    void anAbsentTopicIsNotCreated() throws Exception {
        kafka.createTopic("rating", 1);

        for (int i = 0; i < 2; i++) {
            refused(
                    () -> KafkaHistory.between(ratings(), TimeRange.ALL),
                    "Kafka at "
                            + kafka.bootstrapServers()
                            + " has no topic ratings; it has rating, which the pipeline could name"
                            + " under topics");
        }
    }

    @Test
    void aPipelineNamesItsTopics() {
        KafkaTopics topics =
                KafkaTopics.of(TestPipelines.ratings(kafka, directory, 1, 1), List.of("users"));

        assertThat(topics.kinds()).containsExactly(Map.entry("ratings", Kind.RATING));
        assertThat(topics.profiles()).containsExactly("users");
        assertThat(topics.brokers()).isEqualTo(kafka.bootstrapServers());
        assertThatThrownBy(
                        () ->
                                KafkaTopics.of(
                                        TestPipelines.ratings(kafka, directory, 1, 1)
                                                .withBootstrapServers(null),
                                        List.of()))
                .isInstanceOf(HistoryException.class)
                .hasMessage(
                        "the pipeline test names no Kafka brokers; set kafka.bootstrap-servers or"
                                + " --bootstrap-servers");
    }

    @Test
    void brokersThatAreNotThereAreToldSoon() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        KafkaTopics nobody = KafkaRecords.ratings("localhost:" + port);

        try (Consumer<byte[], byte[]> consumer = nobody.connect(1 << 20)) {
            refused(
                    () -> new KafkaBounds(nobody, consumer, Duration.ofSeconds(1)),
                    "no Kafka broker answers at localhost:"
                            + port
                            + " within 1 s; is it running, and does kafka.bootstrap-servers or"
                            + " --bootstrap-servers name it?");
        }
        refused(
                () -> KafkaHistory.between(KafkaRecords.ratings("no host"), TimeRange.ALL),
                "Kafka at no host cannot be reached: Invalid url in bootstrap.servers: no host;"
                        + " kafka.bootstrap-servers or --bootstrap-servers would name others,"
                        + " kafka.properties says how they are talked to");
    }

    // -- what Kafka has

    private KafkaTopics ratings() {
        producer.flush();
        return KafkaRecords.ratings(kafka.bootstrapServers());
    }

    private KafkaTopics clicks() {
        producer.flush();
        return KafkaRecords.clicks(kafka.bootstrapServers());
    }

    private void send(String topic, int partition, long arrival, byte[] payload) {
        producer.send(record(topic, partition, arrival, payload));
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, int partition, long arrival, byte[] payload) {
        return new ProducerRecord<>(topic, partition, arrival, null, payload);
    }

    private void removeBefore(String topic, long offset) throws Exception {
        producer.flush();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteRecords(
                            Map.of(
                                    new TopicPartition(topic, 0),
                                    RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    /** The marker of a transaction is written after it was asked for. */
    private void awaitEnd(long offset) throws Exception {
        TopicPartition partition = new TopicPartition("ratings", 0);
        try (Consumer<byte[], byte[]> consumer = ratings().connect(1 << 20)) {
            Await.until(
                    "end " + offset,
                    () -> consumer.endOffsets(List.of(partition)).get(partition) == offset);
        }
    }

    private List<String> groups() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listGroups().all().get().stream().map(g -> g.groupId()).toList();
        }
    }

    // -- reading

    private static List<HistoryEvent> read(History history) throws IOException {
        List<HistoryEvent> events = new ArrayList<>();
        try (HistoryCursor<HistoryEvent> cursor = history.open()) {
            for (HistoryEvent event = cursor.next(); event != null; event = cursor.next()) {
                events.add(event);
            }
        }
        return events;
    }

    private static List<List<Long>> keys(List<HistoryEvent> events) {
        return events.stream()
                .map(
                        event ->
                                List.of(
                                        event.time(),
                                        (long) event.origin().partition(),
                                        event.origin().offset()))
                .toList();
    }

    private static void refused(ThrowingCallable asked, String sentence) {
        assertThatThrownBy(asked).isInstanceOf(HistoryException.class).hasMessage(sentence);
    }
}
