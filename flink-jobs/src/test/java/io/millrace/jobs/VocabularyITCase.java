package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.kill.PacedPolls;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.score.LoadOutcome;
import io.millrace.model.score.Scorer;
import io.millrace.model.version.Compaction;
import io.millrace.model.version.RowFileReader;
import io.millrace.model.version.RowMerge;
import io.millrace.model.version.VersionChain;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.IOUtils;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream of far more users than stay: each comes a few times, and never again. */
@Tag("kafka")
class VocabularyITCase {

    private static final int RATINGS = 20_000;
    private static final int BATCH = 32;
    private static final long STEP = 10;
    private static final long TTL = 2_000;
    private static final int MIN_COUNT = 2;

    @TempDir private static Path directory;
    private static TestKafka kafka;
    private static EmbeddedFlink flink;
    private static List<Rating> ratings;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start(directory);
        flink = EmbeddedFlink.start(directory, 4);
        TestTopics.create(kafka);
        ratings = ratings();
        EventCodec<Rating> codec = EventCodec.of(Rating.class, EventFormat.AVRO);
        try (KafkaProducer<byte[], byte[]> producer = TestRatings.producer(kafka)) {
            ratings.forEach(
                    rating -> producer.send(new ProducerRecord<>("ratings", codec.encode(rating))));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        IOUtils.closeAll(flink, kafka);
    }

    @Test
    void versionsHoldTheLiveVocabularyWhereverCheckpointsFall() throws Exception {
        PipelineConfig often = TestPipelines.uncompacted(config("often", 20, 1));
        PipelineConfig seldom = config("seldom", 400, 1);
        PacedPolls.pace(Duration.ofMillis(2));
        run(often);
        run(seldom);

        Plain plain = Plain.of(often);
        Map<Long, Long> alive = plain.alive();
        assertThat(plain.seen.size()).isGreaterThan(10 * alive.size());
        assertThat(users(often)).isEqualTo(alive);
        assertThat(VersionRows.fingerprint(often, VersionRows.newestVersion(often)))
                .isEqualTo(VersionRows.fingerprint(seldom, VersionRows.newestVersion(seldom)));
        assertThat(moments(often)[0]).isCloseTo(50, within(1f));
        assertThat(moments(often)[1]).isCloseTo(100, within(5f));

        Set<Long> removed = tombstones(often);
        assertThat(removed.size()).isGreaterThan(9 * alive.size());
        assertThat(removed).doesNotContainAnyElementsOf(alive.keySet());
        compact(often);
        assertThat(tombstones(often)).isEmpty();
        assertThat(users(often)).isEqualTo(alive);
        try (Scorer scorer = new Scorer(VersionRows.storage(often), "vocabulary", Device.cpu())) {
            long version = VersionRows.newestVersion(often);
            assertThat(scorer.load(version)).isInstanceOf(LoadOutcome.Loaded.class);
            assertThat(score(often, scorer, "u0"))
                    .as("gone, and so the same as one that never came")
                    .isEqualTo(score(often, scorer, "nobody"))
                    .isNotEqualTo(score(often, scorer, ratings.get(RATINGS - 60).getUser()));
        }
    }

    @Test
    void severalTrainersAndShardsHoldTheLiveVocabularyToo() throws Exception {
        PipelineConfig config = config("several", 50, 2);
        PacedPolls.pace(Duration.ZERO);
        run(config);

        // Two trainers read on at their own pace, so what is just expiring is not the same.
        Plain plain = Plain.of(config);
        assertThat(users(config).size()).isCloseTo(plain.alive().size(), within(120));
    }

    private static float score(PipelineConfig config, Scorer scorer, String user)
            throws InvalidEventException {
        Example example =
                new FeatureExtractor(config.model())
                        .extract(user, "i1", Map.of("price", 50.0), Map.of(), 0);
        return scorer.score(List.of(example)).scores()[0];
    }

    private static void run(PipelineConfig config) throws Exception {
        StreamExecutionEnvironment env = flink.environment();
        new TrainingJob(config, 0, Map.of("ratings", Map.of(0, (long) RATINGS))).build(env);
        env.execute("vocabulary");
        assertThat(VersionRows.newest(config).examples()).isEqualTo(RATINGS);
    }

    private static void compact(PipelineConfig config) throws Exception {
        long version = VersionRows.newestVersion(config);
        new Compaction(VersionRows.storage(config), "vocabulary").compact(version);
        assertThat(chain(config).links()).hasSize(1);
    }

    private static VersionChain chain(PipelineConfig config) throws Exception {
        return VersionRows.catalog(config).chain(VersionRows.newestVersion(config));
    }

    /** The users of the newest version, with their counts. */
    private static Map<Long, Long> users(PipelineConfig config) throws Exception {
        Map<Long, Long> users = new TreeMap<>();
        try (RowMerge rows = new RowMerge(VersionRows.storage(config), chain(config))) {
            for (RowFileReader row = rows.next(); row != null; row = rows.next()) {
                if (!row.tombstone() && isUser(row.key())) {
                    users.put(row.key(), row.examples());
                    assertThat(row.candidate()).isEqualTo(row.width() == 0);
                }
            }
        }
        return users;
    }

    private static Set<Long> tombstones(PipelineConfig config) throws Exception {
        Set<Long> removed = new HashSet<>();
        try (RowMerge rows = new RowMerge(VersionRows.storage(config), chain(config))) {
            for (RowFileReader row = rows.next(); row != null; row = rows.next()) {
                if (row.tombstone()) {
                    removed.add(row.key());
                }
            }
        }
        return removed;
    }

    private static float[] moments(PipelineConfig config) throws Exception {
        try (RowMerge rows = new RowMerge(VersionRows.storage(config), chain(config))) {
            for (RowFileReader row = rows.next(); row != null; row = rows.next()) {
                if (row.key() == ParameterKey.ofMoments(3)) {
                    assertThat(row.examples()).isEqualTo(RATINGS / 2);
                    return row.weights().clone();
                }
            }
        }
        throw new AssertionError("there are no moments");
    }

    private static boolean isUser(long key) {
        return ParameterKey.slot(key) == 1 && ParameterKey.isValue(key);
    }

    private static PipelineConfig config(String name, long everyMillis, int trainers) {
        PipelineConfig config =
                TestPipelines.kafka(
                        TestPipelines.every(
                                TestPipelines.of(
                                        """
                                        model: vocabulary
                                        seed: 1
                                        objective: {type: rating, min: 1, max: 5}
                                        features:
                                          user: {type: categorical, dimension: 4, min-count: %d, ttl: %dms}
                                          item: {type: categorical, dimension: 4}
                                          price: {type: numeric, standardize: running}
                                        architecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
                                        optimizers:
                                          embedding: {type: adagrad, learning-rate: 0.1}
                                          dense: {type: adagrad, learning-rate: 0.02}
                                        """
                                                .formatted(MIN_COUNT, TTL),
                                        kafka,
                                        directory.resolve(name),
                                        trainers,
                                        trainers),
                                Duration.ofMillis(everyMillis)),
                        PacedPolls.properties());
        return trainers == 1 ? TestPipelines.reproducible(config) : config;
    }

    private static List<Rating> ratings() {
        Random random = new Random(3);
        List<Rating> ratings = new ArrayList<>();
        for (int i = 0; i < RATINGS; i++) {
            int user = Math.max(0, (int) (i / 4 + 10 * random.nextGaussian()));
            ratings.add(
                    Rating.newBuilder()
                            .setTimestamp(1_700_000_000_000L + i * STEP)
                            .setUser("u" + user)
                            .setItem("i" + random.nextInt(50))
                            .setRating(1 + user % 5)
                            .setFeatures(
                                    i % 2 == 0
                                            ? Map.of()
                                            : Map.of("price", 50 + 10 * random.nextGaussian()))
                            .build());
        }
        return ratings;
    }

    /** What a single trainer and shard have, by maps alone. */
    private static final class Plain {

        final Map<Long, Long> counts = new TreeMap<>();
        final Map<Long, Long> times = new HashMap<>();
        final Set<Long> seen = new HashSet<>();
        long clock;

        static Plain of(PipelineConfig config) throws InvalidEventException {
            FeatureExtractor extractor = new FeatureExtractor(config.model());
            Plain plain = new Plain();
            for (int from = 0; from < RATINGS; from += BATCH) {
                plain.learn(ratings.subList(from, Math.min(RATINGS, from + BATCH)), extractor);
            }
            return plain;
        }

        private void learn(List<Rating> batch, FeatureExtractor extractor)
                throws InvalidEventException {
            clock = batch.get(batch.size() - 1).getTimestamp();
            removeExpired();
            for (Rating rating : batch) {
                long key =
                        extractor.extract(rating.getUser(), "i", Map.of(), Map.of(), 0).keys()[0];
                counts.merge(key, 1L, Long::sum);
                times.put(key, clock);
                seen.add(key);
            }
        }

        private void removeExpired() {
            times.values().removeIf(time -> time + TTL < clock);
            counts.keySet().retainAll(times.keySet());
        }

        Map<Long, Long> alive() {
            return counts;
        }
    }
}
