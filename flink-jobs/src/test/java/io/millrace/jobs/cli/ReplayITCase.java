package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.jobs.TestKafka;
import io.millrace.jobs.TestTopics;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
class ReplayITCase {

    @TempDir Path directory;

    @Test
    void sendsARangeOfADataSetInScaledRealTime() throws Exception {
        Path data = Files.createDirectory(directory.resolve("ml-10m"));
        Files.writeString(data.resolve("movies.dat"), "7::Heat (1995)::Action\n");
        Files.writeString(
                data.resolve("ratings.dat"),
                """
                2::7::4::102
                1::7::0.5::100
                1::7::5::101
                1::7::9::101
                3::7::3::103
                4::7::3::104
                """);
        Path result = directory.resolve("result.json");
        try (TestKafka kafka = TestKafka.start(directory)) {
            TestTopics.create(kafka);

            long begin = System.currentTimeMillis();
            CommandLineRun run =
                    CommandLineRun.of(
                            "replay",
                            "--config",
                            "../examples/movielens.yaml",
                            "--bootstrap-servers",
                            kafka.bootstrapServers(),
                            "--input",
                            data,
                            "--from",
                            "1970-01-01T00:01:41Z",
                            "--to",
                            "1970-01-01T00:01:44Z",
                            "--speed",
                            "1x",
                            "--json",
                            result);

            assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
            assertThat(run.err()).contains(data.resolve("ratings.dat") + ", line 4: expected user");
            assertThat(run.out()).contains("3 events sent: 0 impressions, 0 clicks, 3 ratings.");
            List<ConsumerRecord<String, byte[]>> sent = records(kafka);
            EventCodec<Rating> codec = EventCodec.of(Rating.class, EventFormat.AVRO);
            Map<String, Object> features = Map.of("genres", List.of("Action"), "year", 1995L);
            assertThat(codec.decode(sent.get(0).value()))
                    .isEqualTo(new Rating(101_000L, "1", "7", 5.0, features));
            assertThat(codec.decode(sent.get(1).value()))
                    .isEqualTo(new Rating(102_000L, "2", "7", 4.0, features));
            assertThat(sent).extracting(ConsumerRecord::key).containsExactly("1", "2", "3");
            // The two clocks need not agree to the millisecond.
            assertThat(sent.get(2).timestamp() - begin).isGreaterThanOrEqualTo(1900);
            JsonNode json = new ObjectMapper().readTree(result.toFile());
            assertThat(json.get("events").longValue()).isEqualTo(3);
            assertThat(json.get("bad_lines").longValue()).isEqualTo(1);
            assertThat(json.get("complete").booleanValue()).isTrue();
            assertThat(json.get("last_event").textValue()).isEqualTo("1970-01-01T00:01:43Z");
        }
    }

    /** All that is on the topic of ratings. */
    private static List<ConsumerRecord<String, byte[]>> records(TestKafka kafka) {
        TopicPartition ratings = new TopicPartition("ratings", 0);
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(List.of(ratings));
            consumer.seekToBeginning(List.of(ratings));
            long end = consumer.endOffsets(List.of(ratings)).getOrDefault(ratings, 0L);
            while (consumer.position(ratings) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }
}
