package io.millrace.jobs.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.ExpectedCounts;
import io.millrace.jobs.TestKafka;
import io.millrace.jobs.TestRatings;
import io.millrace.jobs.TestTopics;
import io.millrace.jobs.TrainingJob;
import io.millrace.jobs.VersionRows;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.model.ModelSpec;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.IOUtils;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Savepoints of the training job as earlier releases wrote them, which this one must restore: rows,
 * counts, positions, and what waits in the join. Those in {@code savepoints} are never written
 * again; {@code -Dgolden.write=true} writes the ones of the release that {@link #RELEASE} names.
 */
@Tag("kafka")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SavepointITCase {

    private static final String RELEASE = "0.1.0";

    private static final Path SAVEPOINTS = Path.of("src/test/resources/savepoints", RELEASE);
    private static final boolean WRITE = Boolean.getBoolean("golden.write");

    private static final int RATINGS = 1000;
    private static final int LATER_RATINGS = 500;
    private static final int SEED = 9;

    private static final long START = 1_700_000_000_000L;
    private static final int IMPRESSIONS = 600;
    private static final long STEP = 50;
    private static final long WINDOW = 10_000;

    /** How far event time stays behind, by the default of events.out-of-orderness. */
    private static final long BEHIND = 1001;

    private static final long END = START + (IMPRESSIONS - 1) * STEP;

    /** Its click comes before the savepoint, the impression only behind it. */
    private static final Impression CLICKED_EARLY = impression(IMPRESSIONS);

    @TempDir private Path directory;
    private TestKafka kafka;
    private EmbeddedFlink flink;

    @BeforeEach
    void start() {
        kafka = TestKafka.start(directory);
        flink = EmbeddedFlink.start(directory, 3);
        TestTopics.create(kafka);
    }

    @AfterEach
    void stop() throws Exception {
        IOUtils.closeAll(flink, kafka);
    }

    @Test
    void ratingsAreRestored() throws Exception {
        PipelineConfig config = pipeline("ratings", "{type: rating, min: 1, max: 5}");
        List<Rating> ratings = TestRatings.list(RATINGS + LATER_RATINGS, SEED);
        send("ratings", ratings.subList(0, RATINGS));
        if (WRITE) {
            write(config, RATINGS);
        }

        JobClient job = train(config, savepoint("ratings"));

        awaitExamples(config, RATINGS);
        assertRestored(config, TestRatings.exampleCounts(RATINGS, SEED, config.model()));

        send("ratings", ratings.subList(RATINGS, ratings.size()));
        awaitExamples(config, ratings.size());
        Manifest last = VersionRows.newest(config);
        assertThat(last.offsets())
                .containsEntry("ratings", Map.of(0, (long) RATINGS + LATER_RATINGS));
        assertThat(VersionRows.exampleCounts(config, last.version()))
                .isEqualTo(
                        TestRatings.exampleCounts(RATINGS + LATER_RATINGS, SEED, config.model()));
        flink.cancel(job.getJobID());
    }

    /**
     * Impressions that wait in the savepoint are clicked behind it, and a click that waits gets its
     * impression, all before any window ends: whatever were lost of them would be missing.
     */
    @Test
    void impressionsAndClicksAreRestored() throws Exception {
        PipelineConfig config = pipeline("clicks", "{type: click}");
        List<Impression> impressions =
                IntStream.range(0, IMPRESSIONS).mapToObj(SavepointITCase::impression).toList();
        List<Impression> labelled = new ArrayList<>();
        List<Impression> waiting = new ArrayList<>();
        List<Click> clicks = new ArrayList<>();
        for (Impression shown : impressions) {
            if (isClicked(shown)) {
                clicks.add(click(shown));
                labelled.add(shown);
            } else if (shown.getTimestamp() + WINDOW <= END - BEHIND) {
                labelled.add(shown);
            } else {
                waiting.add(shown);
            }
        }
        assertThat(waiting).hasSizeGreaterThan(100);
        clicks.add(click(CLICKED_EARLY));
        send("impressions", impressions);
        send("clicks", clicks);
        if (WRITE) {
            write(config, labelled.size());
        }

        JobClient job = train(config, savepoint("clicks"));

        awaitExamples(config, labelled.size());
        assertRestored(config, exampleCounts(labelled, config.model()));

        send("clicks", waiting.stream().map(SavepointITCase::click).toList());
        send("impressions", List.of(CLICKED_EARLY));
        List<Impression> all = new ArrayList<>(impressions);
        all.add(CLICKED_EARLY);
        awaitExamples(config, all.size());
        Manifest last = VersionRows.newest(config);
        assertThat(last.watermark()).isLessThan(END);
        assertThat(last.offsets())
                .containsEntry("impressions", Map.of(0, (long) all.size()))
                .containsEntry("clicks", Map.of(0, (long) clicks.size() + waiting.size()));
        assertThat(VersionRows.exampleCounts(config, last.version()))
                .isEqualTo(exampleCounts(all, config.model()));
        flink.cancel(job.getJobID());
    }

    /** The first version after a restore in an empty folder has all rows, as they were. */
    private static void assertRestored(PipelineConfig config, SortedMap<Long, Long> counts)
            throws IOException {
        Manifest first = VersionRows.newest(config);
        assertThat(VersionRows.exampleCounts(config, first.version())).isEqualTo(counts);
        assertThat(VersionRows.fingerprint(config, first.version()))
                .isEqualTo(Files.readString(fingerprint(config.model().name())).strip());
    }

    /** Trains from the start and keeps the savepoint that ends it, with its rows' fingerprint. */
    private void write(PipelineConfig config, int examples) throws Exception {
        String name = config.model().name();
        JobClient job = train(config, null);
        awaitExamples(config, examples);
        Files.createDirectories(SAVEPOINTS.resolve(name));
        Files.writeString(
                fingerprint(name),
                VersionRows.fingerprint(config, VersionRows.newestVersion(config)) + "\n");
        Path made =
                Path.of(
                        URI.create(
                                flink.stopWithSavepoint(
                                        job.getJobID(), directory.resolve("savepoints"))));
        try (var files = Files.list(made)) {
            assertThat(files).containsExactly(made.resolve("_metadata"));
        }
        Files.copy(
                made.resolve("_metadata"),
                SAVEPOINTS.resolve(name).resolve("_metadata"),
                StandardCopyOption.REPLACE_EXISTING);
        deleteVersions(config);
    }

    /** The shards of a restored job then stand alone, as after a long absence. */
    private static void deleteVersions(PipelineConfig config) throws IOException {
        Path versions = Path.of(config.versions().directory());
        try (var files = Files.walk(versions)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Path fingerprint(String name) {
        return SAVEPOINTS.resolve(name).resolve("fingerprint");
    }

    private static String savepoint(String name) {
        return SAVEPOINTS.resolve(name).toAbsolutePath().toUri().toString();
    }

    private JobClient train(PipelineConfig config, @Nullable String savepoint) throws Exception {
        Configuration settings = new Configuration();
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        // All state goes into the one file.
        settings.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.parse("1mb"));
        if (savepoint != null) {
            settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        StreamExecutionEnvironment env = flink.environment(settings);
        new TrainingJob(config, 0, null).build(env);
        return env.executeAsync("savepoint");
    }

    private static void awaitExamples(PipelineConfig config, long examples) throws Exception {
        Wait.until(
                "a version with " + examples + " examples",
                Duration.ofSeconds(120),
                () ->
                        VersionRows.newestVersion(config) > 0
                                && VersionRows.newest(config).examples() >= examples,
                () -> newest(config));
        assertThat(VersionRows.newest(config).examples()).isEqualTo(examples);
    }

    private static String newest(PipelineConfig config) {
        try {
            return VersionRows.newestVersion(config) == 0
                    ? "there is no version"
                    : "the newest is " + VersionRows.newest(config);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private PipelineConfig pipeline(String name, String objective) {
        return PipelineConfigReader.read(
                        """
                        model: %s
                        seed: 1
                        objective: %s
                        features:
                          user: {type: categorical, dimension: 4}
                          item: {type: categorical, dimension: 4}
                          price: {type: numeric}
                        architecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
                        optimizers:
                          embedding: {type: adagrad, learning-rate: 0.1}
                          dense: {type: adam, learning-rate: 0.001}
                        training: {micro-batch: 32, trainers: 1, shards: 2, cache: 4MiB}
                        versions: {directory: "%s", every: 200ms}
                        checkpoints: {directory: "%s"}
                        """
                                .formatted(
                                        name,
                                        objective,
                                        directory.resolve("versions"),
                                        directory.resolve("checkpoints")),
                        "test.yaml")
                .withBootstrapServers(kafka.bootstrapServers());
    }

    private static SortedMap<Long, Long> exampleCounts(List<Impression> shown, ModelSpec spec)
            throws Exception {
        ExpectedCounts counts = new ExpectedCounts(spec);
        for (Impression impression : shown) {
            counts.add(
                    impression.getUser(),
                    impression.getItem(),
                    impression.getFeatures(),
                    impression.getTimestamp(),
                    1);
        }
        return counts.counts();
    }

    private static Impression impression(int i) {
        return new Impression(
                "shown " + i,
                Math.min(END, START + i * STEP),
                "u" + i % 37,
                "i" + i % 23,
                Map.of("price", i % 5 / 2.0));
    }

    /** Every third, and the last one, so that both topics end at one time. */
    private static boolean isClicked(Impression shown) {
        long i = (shown.getTimestamp() - START) / STEP;
        return i % 3 == 1 || i == IMPRESSIONS - 1;
    }

    private static Click click(Impression shown) {
        return new Click(shown.getImpressionId(), Math.min(END, shown.getTimestamp() + 500));
    }

    private <T extends SpecificRecord> void send(String topic, List<T> events) {
        try (KafkaProducer<byte[], byte[]> producer = TestRatings.producer(kafka)) {
            for (T event : events) {
                producer.send(new ProducerRecord<>(topic, encode(event)));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends SpecificRecord> byte[] encode(T event) {
        return EventCodec.of((Class<T>) event.getClass(), EventFormat.AVRO).encode(event);
    }
}
