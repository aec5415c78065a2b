package io.millrace.jobs.config;

import io.millrace.model.ModelSpec;
import io.millrace.schemas.codec.EventFormat;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline file: the model and how it is fed, trained, published and served.
 *
 * <p>{@link PipelineConfigReader} makes it and checks all ranges; docs/configuration.md describes
 * every key.
 */
public record PipelineConfig(
        ModelSpec model,
        Kafka kafka,
        Topics topics,
        Events events,
        Labels labels,
        Training training,
        Versions versions,
        Checkpoints checkpoints,
        Metrics metrics,
        Scoring scoring)
        implements Serializable {

    /** The same pipeline for another model. */
    public PipelineConfig withModel(ModelSpec newModel) {
        return new PipelineConfig(
                newModel,
                kafka,
                topics,
                events,
                labels,
                training,
                versions,
                checkpoints,
                metrics,
                scoring);
    }

    /** The same pipeline on other brokers. */
    public PipelineConfig withBootstrapServers(String bootstrapServers) {
        return withKafka(new Kafka(bootstrapServers, kafka.properties()));
    }

    /** The same pipeline on another Kafka. */
    public PipelineConfig withKafka(Kafka newKafka) {
        return with(newKafka, versions, checkpoints);
    }

    /** The same pipeline that publishes its versions elsewhere. */
    public PipelineConfig withVersionsDirectory(String directory) {
        Versions moved =
                new Versions(directory, versions.every(), versions.baseEvery(), versions.retain());
        return with(kafka, moved, checkpoints);
    }

    /** The same pipeline that keeps its checkpoints elsewhere. */
    public PipelineConfig withCheckpointsDirectory(String directory) {
        return with(kafka, versions, new Checkpoints(directory));
    }

    private PipelineConfig with(Kafka newKafka, Versions newVersions, Checkpoints newCheckpoints) {
        return new PipelineConfig(
                model,
                newKafka,
                topics,
                events,
                labels,
                training,
                newVersions,
                newCheckpoints,
                metrics,
                scoring);
    }

    /**
     * How to reach Kafka.
     *
     * @param bootstrapServers {@code host:port} pairs, or null for the broker in this process
     * @param properties any properties of Kafka's clients; secrets only as variables
     */
    public record Kafka(@Nullable String bootstrapServers, Map<String, String> properties)
            implements Serializable {
        public Kafka {
            properties = Map.copyOf(properties);
        }
    }

    /**
     * Names of the topics.
     *
     * @param partitions of a topic that is created
     */
    public record Topics(
            String impressions,
            String clicks,
            String ratings,
            String scoreRequests,
            String scores,
            String models,
            String metrics,
            String deadLetters,
            int partitions)
            implements Serializable {}

    /**
     * How events are written and which are believed.
     *
     * @param maxBytes larger ones are dead letters
     * @param maxAhead an event further ahead of the clock is a dead letter
     * @param outOfOrderness how long events may come behind a later one
     * @param idleAfter when a silent partition no longer holds back event time
     */
    public record Events(
            EventFormat format,
            int maxBytes,
            Duration maxAhead,
            Duration outOfOrderness,
            Duration idleAfter)
            implements Serializable {}

    /**
     * How impressions become examples.
     *
     * @param attributionWindow an impression without a click for this long is a negative
     */
    public record Labels(Duration attributionWindow) implements Serializable {}

    /**
     * How the model is trained.
     *
     * @param microBatch examples in a full micro-batch
     * @param maxWait how long the first example of a partial one waits; of no meaning when
     *     reproducible
     * @param reproducible whether count alone decides where a micro-batch ends
     * @param staleness micro-batches of a trainer in flight
     * @param trainers parallelism of forward and backward passes
     * @param shards parallelism of the parameters
     * @param cacheBytes memory of each shard's row cache
     * @param maxParallelism most trainers or shards that the job can ever be rescaled to
     * @param torchThreads threads of one tensor operation
     */
    public record Training(
            int microBatch,
            Duration maxWait,
            boolean reproducible,
            int staleness,
            int trainers,
            int shards,
            long cacheBytes,
            int maxParallelism,
            int torchThreads)
            implements Serializable {}

    /**
     * How model versions are published.
     *
     * @param directory the version storage: a path or a {@code file:} URI
     * @param every time between versions, which is the time between checkpoints
     * @param baseEvery every how many versions one holds all rows rather than the changed ones
     * @param retain how many of the newest versions stay readable
     */
    public record Versions(String directory, Duration every, int baseEvery, int retain)
            implements Serializable {}

    /** Where Flink keeps its checkpoints: a path or a URI. */
    public record Checkpoints(String directory) implements Serializable {}

    /** How often prequential metrics are reported, in examples. */
    public record Metrics(int everyExamples) implements Serializable {}

    /** How requests are scored. */
    public record Scoring(int parallelism) implements Serializable {}
}
