package io.millrace.jobs.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.TestKafka;
import io.millrace.jobs.TestPipelines;
import io.millrace.jobs.config.PipelineConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
@Timeout(120)
class PipelineTopicsITCase {

    private static final int ROUNDS = 40;

    @TempDir Path directory;

    /** A producer would hide it by trying again. */
    @Test
    void topicsThatWereCreatedTakeTheirFirstRecord() throws Exception {
        try (TestKafka kafka = TestKafka.start(directory);
                KafkaProducer<byte[], byte[]> producer = impatient(kafka)) {
            PipelineConfig config = TestPipelines.ratings(kafka, directory, 1, 1);
            for (int round = 0; round < ROUNDS; round++) {
                PipelineConfig renamed =
                        TestPipelines.topics(config, names("round-" + round + "-"));
                try (PipelineTopics topics = new PipelineTopics(renamed)) {
                    topics.createAbsent();
                    String ratings = renamed.topics().ratings();
                    producer.send(new ProducerRecord<>(ratings, new byte[1])).get();
                    topics.createAbsent();

                    assertThat(topics.ends(List.of(ratings)))
                            .isEqualTo(Map.of(ratings, Map.of(0, 1L)));
                }
            }
        }
    }

    private static KafkaProducer<byte[], byte[]> impatient(TestKafka kafka) {
        return new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrapServers(),
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        false,
                        ProducerConfig.RETRIES_CONFIG,
                        0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static PipelineConfig.Topics names(String prefix) {
        return new PipelineConfig.Topics(
                prefix + "impressions",
                prefix + "clicks",
                prefix + "ratings",
                prefix + "score-requests",
                prefix + "scores",
                prefix + "models",
                prefix + "metrics",
                prefix + "dead-letters",
                1);
    }
}
