package io.millrace.jobs.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.jobs.history.HistoryEvent.Kind;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class KafkaCursorTest {

    private static final long MUCH = 1 << 20;
    private static final int A_POLL = 20;

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    @Test
    void usageExample() throws Exception {
        write("impressions", 0, KafkaRecords.impression(1_000), KafkaRecords.impression(3_000));
        write("clicks", 0, KafkaRecords.click(2_000), KafkaRecords.click(4_000));

        assertThat(readAll(KafkaRecords.clicks("b"), TimeRange.ALL))
                .extracting(HistoryEvent::kind, HistoryEvent::time)
                .containsExactly(
                        tuple(Kind.IMPRESSION, 1_000L),
                        tuple(Kind.CLICK, 2_000L),
                        tuple(Kind.IMPRESSION, 3_000L),
                        tuple(Kind.CLICK, 4_000L));
    }

    /** As the jobs of production read them, by {@code events.schemas}. */
    @Test
    void whatWasWrittenWithAnotherVersionOfASchemaIsReadAsToday() throws Exception {
        Schema newer =
                SchemaBuilder.record("Rating")
                        .namespace("io.millrace.schemas")
                        .fields()
                        .requiredString("page")
                        .requiredLong("timestamp")
                        .requiredString("user")
                        .requiredString("item")
                        .requiredDouble("rating")
                        .endRecord();
        GenericRecord rating = new GenericData.Record(newer);
        rating.put("page", "p");
        rating.put("timestamp", 7L);
        rating.put("user", "u");
        rating.put("item", "i");
        rating.put("rating", 3.0);
        byte[] bytes = new BinaryMessageEncoder<>(GenericData.get(), newer).encode(rating).array();
        write("ratings", 0, bytes, KafkaRecords.rating(9));

        List<HistoryEvent> read = readAll(KafkaRecords.otherVersion("b", newer), TimeRange.ALL);

        assertThat(read).extracting(HistoryEvent::time).containsExactly(7L, 9L);
        assertThat(EventCodec.of(Rating.class, EventFormat.AVRO).decode(read.get(0).payload()))
                .isEqualTo(new Rating(7L, "u", "i", 3.0, Map.of()));
    }

    @Test
    void anEventHasItsPlaceItsArrivalAndItsBytes() throws Exception {
        byte[] payload = KafkaRecords.rating(5);
        write("ratings", 1, payload);

        HistoryEvent event = readAll(KafkaRecords.ratings("b"), TimeRange.ALL).get(0);

        assertThat(event.payload()).isEqualTo(payload);
        assertThat(event.origin()).isEqualTo(new Origin("ratings", 1, 0, KafkaRecords.ARRIVAL));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_000})
    void aMergeOfPartitionsThatAreInOrderIsASort(int aPoll) throws Exception {
        Random random = new Random(3);
        long[] times = new long[3];
        List<List<Long>> expected = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            // The first partition is far ahead of the others, the last has few.
            int partition = random.nextInt(20) == 0 ? 2 : random.nextInt(3) / 2;
            times[partition] += random.nextInt(partition == 0 ? 3 : 40);
            expected.add(
                    List.of(times[partition], (long) partition, written("ratings", partition)));
            write("ratings", partition, KafkaRecords.rating(times[partition]));
        }
        expected.sort(
                Comparator.<List<Long>>comparingLong(key -> key.get(0))
                        .thenComparingLong(key -> key.get(1))
                        .thenComparingLong(key -> key.get(2)));
        consumer.setMaxPollRecords(aPoll);

        List<HistoryEvent> events = readAll(KafkaRecords.ratings("b"), TimeRange.ALL);

        assertThat(events.stream().map(KafkaCursorTest::key).toList())
                .containsExactlyElementsOf(expected);
    }

    @Test
    void aLateEventComesAsSoonAsItIsTheNextOfItsPartition() throws Exception {
        write("ratings", 0, ratings(100, 50, 60, 200));
        write("ratings", 1, ratings(70, 90, 150));

        assertThat(readAll(KafkaRecords.ratings("b"), TimeRange.ALL))
                .extracting(HistoryEvent::time)
                .containsExactly(70L, 90L, 100L, 50L, 60L, 150L, 200L);
    }

    @Test
    void ofOneTimeImpressionsComeFirstThenPlacesInOrder() throws Exception {
        write("clicks", 0, KafkaRecords.click(7), KafkaRecords.click(7));
        write("clicks", 1, KafkaRecords.click(7));
        write("impressions", 1, KafkaRecords.impression(7));
        write("impressions", 0, KafkaRecords.impression(7), KafkaRecords.impression(7));

        assertThat(readAll(KafkaRecords.clicks("b"), TimeRange.ALL))
                .extracting(
                        event -> event.origin().topic(),
                        event -> event.origin().partition(),
                        event -> event.origin().offset())
                .containsExactly(
                        tuple("impressions", 0, 0L),
                        tuple("impressions", 0, 1L),
                        tuple("impressions", 1, 0L),
                        tuple("clicks", 0, 0L),
                        tuple("clicks", 0, 1L),
                        tuple("clicks", 1, 0L));
    }

    /** Whichever partition is the one that is far behind, the others' records are not piled up. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void memoryIsBoundedWhateverTheSkew(int behind) throws Exception {
        int count = 3_000;
        for (int partition = 0; partition < 3; partition++) {
            long first = partition == behind ? 0 : 1_000_000;
            for (int i = 0; i < count; i++) {
                write("ratings", partition, KafkaRecords.rating(first + i));
            }
        }
        consumer.setMaxPollRecords(A_POLL);
        long full = 20_000;
        long largest = 0;
        int read = 0;

        try (KafkaCursor cursor = open(KafkaRecords.ratings("b"), TimeRange.ALL, full)) {
            while (cursor.next() != null) {
                largest = Math.max(largest, cursor.bytes());
                read++;
            }
        }

        assertThat(read).isEqualTo(3 * count);
        assertThat(largest).isBetween(full, 3 * (full + A_POLL * 200));
    }

    /** One that has none in the range is read to its end before anything can come. */
    @Test
    void memoryIsBoundedWhileAPartitionIsSearched() throws Exception {
        for (int i = 0; i < 3_000; i++) {
            write("ratings", 0, KafkaRecords.rating(5_000 + i));
            write("ratings", 1, KafkaRecords.rating(i));
            write("ratings", 2, KafkaRecords.rating(5_000 + i));
        }
        consumer.setMaxPollRecords(A_POLL);
        long full = 20_000;

        try (KafkaCursor cursor =
                open(KafkaRecords.ratings("b"), new TimeRange(4_000, Long.MAX_VALUE), full)) {
            assertThat(cursor.next()).isNotNull();
            assertThat(cursor.bytes()).isLessThanOrEqualTo(2 * (full + A_POLL * 200));
        }
    }

    @Test
    void rangesOfOffsetsAreKeptToTheRecord() throws Exception {
        write("ratings", 0, ratings(10, 20, 30, 40, 50));
        write("ratings", 1, ratings(15, 25));

        try (KafkaCursor cursor =
                open(
                        KafkaRecords.ratings("b"),
                        List.of(
                                new KafkaRange("ratings", 0, 1, 3),
                                new KafkaRange("ratings", 1, 2, 2)),
                        TimeRange.ALL,
                        MUCH,
                        Duration.ofSeconds(5))) {
            assertThat(readAll(cursor)).extracting(HistoryEvent::time).containsExactly(20L, 30L);
        }
    }

    @Test
    void anEndWithoutARecordIsReached() throws Exception {
        write("ratings", 0, ratings(10));
        ends.put(new TopicPartition("ratings", 0), 3L);
        consumer.schedulePollTask(() -> {});
        consumer.schedulePollTask(() -> consumer.seek(new TopicPartition("ratings", 0), 3));

        assertThat(readAll(KafkaRecords.ratings("b"), TimeRange.ALL)).hasSize(1);
    }

    @Test
    void eventsOutsideTheRangeOfTimeAreLeftOut() throws Exception {
        write("ratings", 0, ratings(10, 19, 20, 15, 29, 30));
        write("ratings", 1, ratings(5, 6));

        assertThat(readAll(KafkaRecords.ratings("b"), new TimeRange(15, 30)))
                .extracting(HistoryEvent::time)
                .containsExactly(19L, 20L, 15L, 29L);
    }

    @Test
    void whatCannotBeReadHasTheTimeOfTheEventBeforeIt() throws Exception {
        byte[] nothing = null;
        byte[] garbage = {1, 2, 3};
        byte[] farAhead =
                KafkaRecords.rating(KafkaRecords.ARRIVAL + Duration.ofHours(2).toMillis());
        byte[] negative = KafkaRecords.rating(-1);
        write(
                "ratings",
                0,
                garbage,
                KafkaRecords.rating(50),
                nothing,
                farAhead,
                negative,
                KafkaRecords.rating(70));
        write("ratings", 1, ratings(40, 60));

        List<HistoryEvent> events = readAll(KafkaRecords.ratings("b"), TimeRange.ALL);

        assertThat(events)
                .extracting(HistoryEvent::time, event -> event.origin().partition())
                .containsExactly(
                        tuple(0L, 0),
                        tuple(40L, 1),
                        tuple(50L, 0),
                        tuple(50L, 0),
                        tuple(50L, 0),
                        tuple(50L, 0),
                        tuple(60L, 1),
                        tuple(70L, 0));
        assertThat(events.get(0).payload()).isEqualTo(garbage);
        assertThat(events.get(3).payload()).isEmpty();
        assertThat(events.get(4).payload()).isEqualTo(farAhead);
    }

    @Test
    void whatCannotBeReadBelongsToTheRangeOfTheEventBeforeIt() throws Exception {
        byte[] garbage = {1, 2, 3};
        write("ratings", 0, garbage, KafkaRecords.rating(5), garbage, KafkaRecords.rating(15));
        write("ratings", 1, KafkaRecords.rating(12), garbage, KafkaRecords.rating(25), garbage);

        assertThat(readAll(KafkaRecords.ratings("b"), new TimeRange(10, 20)))
                .extracting(HistoryEvent::time, event -> event.origin().offset())
                .containsExactly(tuple(10L, 0L), tuple(12L, 0L), tuple(12L, 1L), tuple(15L, 3L));
    }

    @Test
    void whatWasFoundIsTold() throws Exception {
        write("ratings", 0, KafkaRecords.rating(5), new byte[] {1, 2, 3}, KafkaRecords.rating(15));

        try (KafkaCursor cursor = open(KafkaRecords.ratings("b"), new TimeRange(10, 20), MUCH)) {
            readAll(cursor);

            assertThat(cursor.tally().events()).isEqualTo(2);
            assertThat(cursor.tally().inRange()).isEqualTo(1);
            assertThat(cursor.tally().earliest()).isEqualTo(5);
            assertThat(cursor.tally().latest()).isEqualTo(15);
            assertThat(cursor.tally().firstUnreadable())
                    .startsWith("ratings/0, offset 1: The payload does not begin with C3 01");
        }
    }

    @Test
    void brokersThatGoSilentEndTheReading() throws Exception {
        write("ratings", 0, ratings(10, 20));
        write("ratings", 1, ratings(15));
        ends.put(new TopicPartition("ratings", 1), 9L);

        try (KafkaCursor cursor =
                open(
                        KafkaRecords.ratings("localhost:1"),
                        ranges(),
                        TimeRange.ALL,
                        MUCH,
                        Duration.ofMillis(20))) {
            assertThat(cursor.next()).isNotNull();
            assertThat(cursor.next()).isNotNull();
            assertThatThrownBy(cursor::next)
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "Kafka at localhost:1 has sent nothing of ratings/1 from offset 1 on"
                                    + " for 0 s; is it still running?");
        }
    }

    @Test
    void recordsThatVanishMeanwhileAreNotPassedOver() {
        write("ratings", 0, ratings(10));
        consumer.setPollException(
                new OffsetOutOfRangeException(Map.of(new TopicPartition("ratings", 0), 0L)));

        assertThatThrownBy(() -> readAll(KafkaRecords.ratings("b:1"), TimeRange.ALL))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "records of {ratings-0=0} (partition=offset) were removed from Kafka at"
                                + " b:1 while they were read");
    }

    @Test
    void aRefusalOfTheBrokersIsTold() {
        write("ratings", 0, ratings(10));
        consumer.setPollException(new AuthorizationException("no entry"));

        assertThatThrownBy(() -> readAll(KafkaRecords.ratings("b:1"), TimeRange.ALL))
                .isInstanceOf(IOException.class)
                .hasMessage("Kafka at b:1 could not be read: no entry");
        assertThat(consumer.closed()).isTrue();
    }

    // -- what the topics hold

    private void write(String topic, int partition, byte[]... payloads) {
        for (byte[] payload : payloads) {
            long offset = written(topic, partition);
            records.add(
                    KafkaRecords.record(topic, partition, offset, KafkaRecords.ARRIVAL, payload));
            ends.put(new TopicPartition(topic, partition), offset + 1);
        }
    }

    private long written(String topic, int partition) {
        return ends.getOrDefault(new TopicPartition(topic, partition), 0L);
    }

    private static byte[][] ratings(long... times) {
        byte[][] payloads = new byte[times.length][];
        for (int i = 0; i < times.length; i++) {
            payloads[i] = KafkaRecords.rating(times[i]);
        }
        return payloads;
    }

    private List<KafkaRange> ranges() {
        return ends.entrySet().stream()
                .map(
                        end ->
                                new KafkaRange(
                                        end.getKey().topic(),
                                        end.getKey().partition(),
                                        0,
                                        end.getValue()))
                .toList();
    }

    // -- reading

    private List<HistoryEvent> readAll(KafkaTopics topics, TimeRange times) throws IOException {
        try (KafkaCursor cursor = open(topics, times, MUCH)) {
            return readAll(cursor);
        }
    }

    private static List<HistoryEvent> readAll(HistoryCursor<HistoryEvent> cursor)
            throws IOException {
        List<HistoryEvent> events = new ArrayList<>();
        for (HistoryEvent event = cursor.next(); event != null; event = cursor.next()) {
            events.add(event);
        }
        assertThat(cursor.next()).isNull();
        return events;
    }

    private KafkaCursor open(KafkaTopics topics, TimeRange times, long fullBytes) {
        return open(topics, ranges(), times, fullBytes, Duration.ofSeconds(5));
    }

    private KafkaCursor open(
            KafkaTopics topics,
            List<KafkaRange> ranges,
            TimeRange times,
            long fullBytes,
            Duration patience) {
        KafkaCursor cursor = new KafkaCursor(topics, ranges, times, consumer, fullBytes, patience);
        records.stream()
                .filter(record -> consumer.assignment().contains(partition(record)))
                .forEach(consumer::addRecord);
        return cursor;
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    private static List<Long> key(HistoryEvent event) {
        return List.of(event.time(), (long) event.origin().partition(), event.origin().offset());
    }
}
