package io.millrace.jobs.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.TestKafka;
import io.millrace.jobs.TestPipelines;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.model.ModelSpec;
import io.millrace.model.stream.Profile;
import io.millrace.model.stream.StreamSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
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

    /** Only for a pipeline that needs them. */
    @Test
    void topicsOfFeatureRowsAndProfilesAreCompacted() throws Exception {
        try (TestKafka kafka = TestKafka.start(directory);
                Admin admin = Admin.create(admin(kafka))) {
            PipelineConfig plain = TestPipelines.ratings(kafka, directory, 1, 1);
            try (PipelineTopics topics = new PipelineTopics(plain)) {
                topics.createAbsent();
            }
            assertThat(admin.listTopics().names().get())
                    .contains("ratings")
                    .doesNotContain("features", "users");

            StreamSpec stream = new StreamSpec(List.of(), List.of(new Profile("users", "user")));
            PipelineConfig.Topics names = names("");
            PipelineConfig profiled =
                    TestPipelines.topics(plain, names).withModel(with(plain.model(), stream));
            try (PipelineTopics topics = new PipelineTopics(profiled)) {
                topics.createAbsent();
            }
            for (String topic : List.of("features", "users")) {
                assertThat(config(admin, topic, TopicConfig.CLEANUP_POLICY_CONFIG))
                        .as(topic)
                        .isEqualTo(TopicConfig.CLEANUP_POLICY_COMPACT);
            }
            // A row holds values of many events, each of which may be as large as the usual limit.
            assertThat(config(admin, "features", TopicConfig.MAX_MESSAGE_BYTES_CONFIG))
                    .isEqualTo(Integer.toString(32 << 20));
        }
    }

    private static String config(Admin admin, String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return admin.describeConfigs(List.of(resource)).all().get().get(resource).get(name).value();
    }

    private static Map<String, Object> admin(TestKafka kafka) {
        return Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    }

    private static ModelSpec with(ModelSpec spec, StreamSpec stream) {
        return new ModelSpec(
                spec.name(),
                spec.objective(),
                spec.features(),
                spec.architecture(),
                spec.embeddingOptimizer(),
                spec.denseOptimizer(),
                spec.seed(),
                stream);
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
                prefix + "features",
                Map.of("users", prefix + "users"),
                1);
    }
}
