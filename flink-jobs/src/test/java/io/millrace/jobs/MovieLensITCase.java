package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.movielens.MovieLens100K;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One pass over MovieLens 100K, in time order, through Kafka and the training job. */
@Tag("kafka")
class MovieLensITCase {

    private static final Path DATA =
            Path.of(System.getProperty("millrace.ml-100k", "../../shared/data/ml-100k"));

    @TempDir private Path directory;

    @Test
    void predictsRatingsBeforeItLearnsThem() throws Exception {
        assertThat(learned("movielens.yaml").metrics().get("rmse")).isBetween(0.9, 0.980);
    }

    /**
     * Matrix factorisation one rating at a time has 0.967, and without learning means have 0.949.
     */
    @Test
    void knowsByStreamFeaturesWhatHappenedJustBefore() throws Exception {
        assertThat(learned("movielens-stream-features.yaml").metrics().get("rmse"))
                .isBetween(0.9, 0.942);
    }

    /** The last version of an example's pipeline, all of whose ratings were learned in one pass. */
    private Manifest learned(String example) throws Exception {
        assumeThat(Files.exists(DATA.resolve("u.data")))
                .as("MovieLens 100K is not at %s; -Dmillrace.ml-100k=DIR says where it is", DATA)
                .isTrue();
        try (TestKafka kafka = TestKafka.start(directory);
                EmbeddedFlink flink = EmbeddedFlink.start(directory, 2)) {
            TestTopics.create(kafka);
            long ratings = send(kafka);
            PipelineConfig config =
                    PipelineConfigReader.read(Path.of("../examples").resolve(example))
                            .withBootstrapServers(kafka.bootstrapServers())
                            .withVersionsDirectory(directory.resolve("versions").toString())
                            .withCheckpointsDirectory(directory.resolve("checkpoints").toString());

            StreamExecutionEnvironment env = flink.environment();
            new TrainingJob(config, 0, Map.of("ratings", Map.of(0, ratings))).build(env);
            env.execute("MovieLens 100K");

            Manifest last = VersionRows.newest(config);
            assertThat(config.training().microBatch()).isEqualTo(16);
            assertThat(config.training().staleness()).isEqualTo(1);
            assertThat(last.examples()).isEqualTo(100_000);
            return last;
        }
    }

    private static long send(TestKafka kafka) {
        EventCodec<Rating> codec = EventCodec.of(Rating.class, EventFormat.AVRO);
        MovieLens100K data = new MovieLens100K(DATA);
        try (KafkaProducer<byte[], byte[]> producer = TestRatings.producer(kafka)) {
            data.ratings()
                    .forEach(
                            rating ->
                                    producer.send(
                                            new ProducerRecord<>("ratings", codec.encode(rating))));
        }
        return data.size();
    }
}
