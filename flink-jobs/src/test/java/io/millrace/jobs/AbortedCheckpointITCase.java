package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A version exists only if its checkpoint completed, and what an aborted one held comes later. */
@Tag("kafka")
class AbortedCheckpointITCase {

    private static final int RATINGS = 60_000;
    private static final int ABORTED_OUT_OF = 3;

    private static final int SHARDS = 2;

    /** Seen by the saboteur, which runs in this process. */
    private static volatile VersionStorage versions;

    @TempDir private Path directory;
    private TestKafka kafka;

    @BeforeEach
    void start() {
        kafka = TestKafka.start(directory);
        TestTopics.create(kafka);
        TestRatings.send(kafka, RATINGS, 5);
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    @Test
    void abortedCheckpointsPublishNothingAndLoseNothing() throws Exception {
        PipelineConfig config = TestPipelines.ratings(kafka, directory, 1, SHARDS);
        versions = VersionDirectory.of(config.versions().directory()).open();
        JobClient job;
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 4)) {
            StreamExecutionEnvironment env = flink.environment();
            new TrainingJob(config, 0, null).build(env);
            addSaboteur(env);
            job = env.executeAsync("aborted checkpoints");
            Await.until(
                    "all ratings in a version, some versions, and two checkpoints aborted before the newest",
                    () ->
                            VersionRows.newestVersion(config) > 2 * ABORTED_OUT_OF
                                    && VersionRows.catalog(config).versions().size() > 3
                                    && VersionRows.newest(config).examples() == RATINGS);
            long complete = VersionRows.newestVersion(config);
            Await.until("its announcement", () -> announced().contains(complete));
            flink.cancel(job.getJobID());
        }

        List<Long> announced = announced();
        assertThat(announced)
                .hasSizeGreaterThan(3)
                .isEqualTo(publishedUpTo(announced.get(announced.size() - 1), config))
                .allSatisfy(version -> assertThat(version % ABORTED_OUT_OF).isNotZero());
        Manifest last = VersionRows.newest(config);
        assertThat(VersionRows.exampleCounts(config, last.version()))
                .isEqualTo(TestRatings.exampleCounts(RATINGS, 5, config.model()));
        for (long version : announced) {
            Manifest manifest = VersionRows.catalog(config).manifest(version);
            assertThat(VersionRows.exampleCounts(config, version))
                    .as("rows of version %d", version)
                    .isEqualTo(
                            TestRatings.exampleCounts(
                                    (int) manifest.examples(), 5, config.model()));
            // A checkpoint may come before the source knows of its partition.
            assertThat(manifest.offsets().getOrDefault("ratings", Map.of(0, 0L)))
                    .isEqualTo(Map.of(0, manifest.examples()));
        }
    }

    /** The job may have been cancelled between publishing the next one and announcing it. */
    private static List<Long> publishedUpTo(long last, PipelineConfig config) throws IOException {
        return VersionRows.catalog(config).versions().stream().filter(it -> it <= last).toList();
    }

    /** Makes every third checkpoint fail while the shards write their parts, or after. */
    private void addSaboteur(StreamExecutionEnvironment env) {
        env.fromSource(
                        new DataGeneratorSource<>(
                                index -> index,
                                Long.MAX_VALUE,
                                RateLimiterStrategy.perSecond(10),
                                Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "ticks")
                .setParallelism(1)
                .map(new Saboteur())
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1);
    }

    private List<Long> announced() throws Exception {
        EventCodec<ModelVersion> codec = EventCodec.of(ModelVersion.class, EventFormat.AVRO);
        List<Long> versions = new ArrayList<>();
        TopicPartition models = new TopicPartition("models", 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            consumer.assign(List.of(models));
            consumer.seekToBeginning(List.of(models));
            long end = consumer.endOffsets(List.of(models)).get(models);
            while (consumer.position(models) < end) {
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(200))) {
                    versions.add(codec.decode(record.value()).getVersion());
                }
            }
        }
        return versions;
    }

    private static final class Saboteur implements MapFunction<Long, Long>, CheckpointedFunction {
        @Override
        public Long map(Long tick) {
            return tick;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            long version = context.getCheckpointId();
            if (version % ABORTED_OUT_OF == 0) {
                Await.until(
                        "the parts of version " + version,
                        () -> versions.list(VersionPaths.folder("test", version)).size() == SHARDS);
                throw new IllegalStateException("no checkpoint " + version);
            }
        }

        @Override
        public void initializeState(FunctionInitializationContext context) {}
    }
}
