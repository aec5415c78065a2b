package io.millrace.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.jobs.TestKafka;
import io.millrace.jobs.simulate.EventProducer;
import io.millrace.jobs.source.DeadLetters;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.Click;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters on a topic, shown, corrected and put back. */
@Tag("kafka")
@Timeout(120)
class InspectITCase {

    private static final long TIME = 1_700_000_000_000L;
    private static final int PARTITIONS = 2;

    @TempDir private static Path brokers;
    private static TestKafka kafka;

    @TempDir Path directory;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start(brokers);
        kafka.createTopic("dead-letters", PARTITIONS);
        kafka.createTopic("impressions", PARTITIONS);
        kafka.createTopic("clicks", PARTITIONS);
        try (EventProducer producer =
                new EventProducer(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()), EventFormat.AVRO)) {
            letters().forEach(letter -> producer.send("dead-letters", letter.getReason(), letter));
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private long before;

    @BeforeEach
    void count() {
        before = records("impressions").size() + records("clicks").size();
    }

    @Test
    void correctedLettersGoBackToTheirTopics() throws Exception {
        List<JsonNode> letters = shown("--reason", "INVALID_VALUE,TRUNCATED");
        assertThat(letters).hasSize(2);
        Map<String, JsonNode> byReason = new HashMap<>();
        letters.forEach(letter -> byReason.put(letter.get("reason").textValue(), letter));
        String fixed =
                byReason.get("INVALID_VALUE").toString().replace("\"NaN\"", "3")
                        + "\n\n"
                        + byReason.get("TRUNCATED")
                                .toString()
                                .replace(
                                        "\"payload\":null",
                                        "\"payload\":{\"impressionId\":\"second\",\"timestamp\":"
                                                + TIME
                                                + "}")
                        + "\n";

        CommandLineRun run = putBack(fixed, "--json", "-");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("2 records written.").contains("line 1 (dead-letters-");
        JsonNode result = new ObjectMapper().readTree(run.out());
        assertThat(result.get("written").asInt()).isEqualTo(2);
        ConsumerRecord<String, byte[]> impression = at(result.get("records").get(0));
        assertThat(impression.key()).isEqualTo("first");
        assertThat(EventCodec.of(Impression.class, EventFormat.AVRO).decode(impression.value()))
                .isEqualTo(impression("first", 3L));
        ConsumerRecord<String, byte[]> click = at(result.get("records").get(1));
        assertThat(click.key()).isEqualTo("second");
        assertThat(EventCodec.of(Click.class, EventFormat.AVRO).decode(click.value()))
                .isEqualTo(new Click("second", TIME));
        assertThat(records("impressions").size() + records("clicks").size() - before).isEqualTo(2);
    }

    @Test
    void oneBadLineKeepsAllFromBeingWritten() throws Exception {
        String good = "{\"to\":\"clicks\",\"payload\":{\"impressionId\":\"x\",\"timestamp\":5}}\n";

        CommandLineRun run = putBack(good + "{\"to\":\"clicks\",\"payload\":{}}\n" + good);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("line 2: \"payload\" cannot be read as Click")
                .contains("nothing was written, since 1 of 3 letters");
        assertThat(records("impressions").size() + records("clicks").size())
                .isEqualTo((int) before);
    }

    @Test
    void unchangedLettersTakeForce() throws Exception {
        String line = shown("--reason", "UNMATCHED_CLICK").get(0).toString();

        assertThat(putBack(line).exitCode()).isEqualTo(2);
        assertThat(records("impressions").size() + records("clicks").size())
                .isEqualTo((int) before);
        CommandLineRun forced = putBack(line, "--force");

        assertThat(forced.exitCode()).as(forced.err()).isZero();
        assertThat(records("clicks"))
                .anySatisfy(
                        record -> {
                            assertThat(record.key()).isEqualTo("nobody");
                            assertThat(record.value()).isEqualTo(encode(new Click("nobody", TIME)));
                        });
    }

    @Test
    void peopleSeeASummaryByReason() {
        CommandLineRun run = inspect();

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("TRUNCATED  clicks-0@2  written 2023-11-14T22:13:20Z")
                .contains("  00000000  c3 01")
                .contains("3 dead letters of topic dead-letters:")
                .contains("          1  UNMATCHED_CLICK  of clicks, ");
        assertThat(inspect("--limit", 1).out()).contains("1 dead letter of topic dead-letters:");
    }

    @Test
    void aTopicThatIsNotThereIsTold() {
        CommandLineRun run = inspect("--topic", "nowhere");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("there is no topic nowhere at " + kafka.bootstrapServers())
                .contains("there are: clicks, dead-letters, impressions");
    }

    private static List<DeadLetter> letters() {
        byte[] click = encode(new Click("second", TIME));
        return List.of(
                DeadLetters.of(
                        new Origin("impressions", 0, 1, TIME),
                        encode(impression("first", Double.NaN)),
                        "INVALID_VALUE",
                        "position is NaN",
                        TIME + 1),
                DeadLetters.of(
                        new Origin("clicks", 0, 2, TIME),
                        Arrays.copyOf(click, 15),
                        "TRUNCATED",
                        "The Click is cut off.",
                        TIME + 2),
                DeadLetters.of(
                        new Origin("clicks", 1, 3, TIME),
                        encode(new Click("nobody", TIME)),
                        "UNMATCHED_CLICK",
                        "click of impression nobody has no impression",
                        TIME + 3));
    }

    private static Impression impression(String id, Object position) {
        return new Impression(
                id,
                TIME,
                "u1",
                "i1",
                new HashMap<>(Map.of("position", position, "device", "d", "category", "c")));
    }

    @SuppressWarnings("unchecked")
    private static <T extends SpecificRecord> byte[] encode(T event) {
        return EventCodec.of((Class<T>) event.getClass(), EventFormat.AVRO).encode(event);
    }

    private CommandLineRun putBack(String lines, Object... more) throws Exception {
        Path file = Files.writeString(directory.resolve("letters.jsonl"), lines, UTF_8);
        List<Object> options = new ArrayList<>(List.of("--put-back", file));
        options.addAll(List.of(more));
        return inspect(options.toArray());
    }

    private List<JsonNode> shown(Object... options) throws Exception {
        Path file = directory.resolve("shown.jsonl");
        List<Object> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--json", file));
        CommandLineRun run = inspect(all.toArray());
        assertThat(run.exitCode()).as(run.err()).isZero();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }

    private static CommandLineRun inspect(Object... options) {
        List<Object> arguments =
                new ArrayList<>(
                        List.of("inspect", "--bootstrap-servers", kafka.bootstrapServers()));
        arguments.addAll(List.of(options));
        return CommandLineRun.of(arguments.toArray());
    }

    private static ConsumerRecord<String, byte[]> at(JsonNode place) {
        return records(place.get("topic").textValue()).stream()
                .filter(record -> record.partition() == place.get("partition").intValue())
                .filter(record -> record.offset() == place.get("offset").longValue())
                .findFirst()
                .orElseThrow();
    }

    private static List<ConsumerRecord<String, byte[]>> records(String topic) {
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                        new StringDeserializer(),
                        new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(50)).forEach(records::add);
            }
            return records;
        }
    }
}
