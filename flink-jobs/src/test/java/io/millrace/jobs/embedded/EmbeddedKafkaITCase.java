package io.millrace.jobs.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedKafkaITCase {

    @TempDir Path directory;

    @Test
    void usageExample() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            kafka.createTopic("events", 2);

            produce(kafka, "events", "hello");

            assertThat(consume(kafka, "events", 1)).containsExactly("hello");
        }
    }

    /** The producer would hide it: it tries again, in the worst case until its delivery timeout. */
    @Test
    void aTopicJustCreatedTakesTheFirstRecord() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory);
                KafkaProducer<String, String> producer =
                        new KafkaProducer<>(
                                Map.of(
                                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                        kafka.bootstrapServers(),
                                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                                        false,
                                        ProducerConfig.RETRIES_CONFIG,
                                        0),
                                new StringSerializer(),
                                new StringSerializer())) {
            for (int topic = 0; topic < 20; topic++) {
                kafka.createTopic("events-" + topic, 5);
                for (int partition = 4; partition >= 0; partition--) {
                    producer.send(new ProducerRecord<>("events-" + topic, partition, null, "hello"))
                            .get();
                }
            }
        }
    }

    @Test
    void leavesNoThreadPortOrFile() throws Exception {
        LeftoverThreads threads = new LeftoverThreads();
        String address;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            address = kafka.bootstrapServers();
            kafka.createTopic("events", 1);
            produce(kafka, "events", "hello");
            consume(kafka, "events", 1);
        }

        assertThat(threads.names()).isEmpty();
        // Not started by this broker perhaps, but needed by none.
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("metrics-meter-tick"));
        assertThat(directory).isEmptyDirectory();
        assertThatThrownBy(() -> connect(address)).isInstanceOf(IOException.class);
    }

    @Test
    void oneAfterAnotherStartsEmpty() throws Exception {
        try (EmbeddedKafka first = EmbeddedKafka.start(directory)) {
            first.createTopic("events", 1);
        }
        try (EmbeddedKafka second = EmbeddedKafka.start(directory)) {
            assertThat(topics(second)).isEmpty();
        }
    }

    @Test
    void twoAtOnceAreApart() throws Exception {
        try (EmbeddedKafka one = EmbeddedKafka.start(directory);
                EmbeddedKafka other = EmbeddedKafka.start(directory)) {
            one.createTopic("events", 1);
            other.createTopic("events", 1);

            produce(one, "events", "to one");
            produce(other, "events", "to the other");

            assertThat(consume(one, "events", 1)).containsExactly("to one");
            assertThat(consume(other, "events", 1)).containsExactly("to the other");
        }
    }

    @Test
    void theOtherWorksOnWhenOneIsClosed() throws Exception {
        try (EmbeddedKafka one = EmbeddedKafka.start(directory)) {
            EmbeddedKafka.start(directory).close();

            one.createTopic("events", 1);
            produce(one, "events", "hello");

            assertThat(consume(one, "events", 1)).containsExactly("hello");
        }
    }

    @Test
    void createTopicIsIdempotent() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            kafka.createTopic("events", 2);
            kafka.createTopic("events", 2);

            assertThat(topics(kafka)).containsExactly("events");
            assertThatThrownBy(() -> kafka.createTopic("events", 3))
                    .hasMessage("topic events exists with 2 partitions, not the 3 asked for");
            assertThatThrownBy(() -> kafka.createTopic("no name", 1))
                    .hasMessageContaining("cannot create topic no name");
        }
    }

    @Test
    void compactedTopicIsCompacted() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory)) {
            kafka.createTopic("models", 1, true);
            kafka.createTopic("events", 1);

            assertThat(cleanupPolicy(kafka, "models")).isEqualTo("compact");
            assertThat(cleanupPolicy(kafka, "events")).isEqualTo("delete");
        }
    }

    @Test
    void topicsAreNotMadeByUsingThem() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory);
                Admin admin = admin(kafka)) {
            assertThatThrownBy(() -> produce(kafka, "missing", "hello"))
                    .isInstanceOf(ExecutionException.class);
            assertThatThrownBy(() -> admin.describeTopics(List.of("missing")).allTopicNames().get())
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    private static void produce(EmbeddedKafka kafka, String topic, String value) throws Exception {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                kafka.bootstrapServers(),
                                "max.block.ms",
                                "5000"),
                        new StringSerializer(),
                        new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    private static List<String> consume(EmbeddedKafka kafka, String topic, int count) {
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers", kafka.bootstrapServers(),
                                "group.id", "test",
                                "auto.offset.reset", "earliest"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            List<String> values = new ArrayList<>();
            while (values.size() < count) {
                for (ConsumerRecord<String, String> found : consumer.poll(Duration.ofSeconds(1))) {
                    values.add(found.value());
                }
            }
            return values;
        }
    }

    private static Iterable<String> topics(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = admin(kafka)) {
            return admin.listTopics().names().get();
        }
    }

    private static String cleanupPolicy(EmbeddedKafka kafka, String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = admin(kafka)) {
            Config config =
                    admin.describeConfigs(List.of(resource)).all().get().values().iterator().next();
            return config.get("cleanup.policy").value();
        }
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static void connect(String address) throws IOException {
        int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
        new Socket(InetAddress.getLoopbackAddress(), port).close();
    }
}
