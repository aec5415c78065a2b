package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every provider of {@link TestKafka} promises. */
@Tag("kafka")
@Timeout(120)
class TestKafkaITCase {

    @TempDir Path directory;

    @Test
    void eachBeginsWithoutTopicsAndGroups() throws Exception {
        for (int time = 0; time < 2; time++) {
            try (TestKafka kafka = TestKafka.start(directory);
                    Admin admin = admin(kafka)) {
                assertThat(admin.listTopics().names().get()).isEmpty();
                assertThat(admin.listGroups().all().get()).isEmpty();

                kafka.createTopic("events", 2);
                send(kafka, "events", 1 << 20);
                commit(kafka, "events");
                assertThat(admin.listGroups().all().get()).hasSize(1);
            }
        }
    }

    @Test
    void itKeepsWhatIsOld() throws Exception {
        try (TestKafka kafka = TestKafka.start(directory);
                Admin admin = admin(kafka)) {
            var broker = admin.describeCluster().nodes().get().iterator().next().idString();
            var resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
            var config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            assertThat(config.get("log.retention.ms").value()).isEqualTo("-1");
            assertThat(config.get("auto.create.topics.enable").value()).isEqualTo("false");
        }
    }

    private static Admin admin(TestKafka kafka) {
        return Admin.create(
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()));
    }

    private static void send(TestKafka kafka, String topic, int bytes) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = TestRatings.producer(kafka)) {
            producer.send(new ProducerRecord<>(topic, new byte[bytes - 1024])).get();
        }
    }

    /** Leaves a group behind. */
    private static void commit(TestKafka kafka, String topic) throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                kafka.bootstrapServers(),
                                ConsumerConfig.GROUP_ID_CONFIG,
                                "readers",
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            Await.until("a record", () -> !consumer.poll(Duration.ofMillis(100)).isEmpty());
            consumer.commitSync();
        }
    }
}
