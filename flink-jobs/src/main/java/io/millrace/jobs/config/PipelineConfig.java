package io.millrace.jobs.config;

import io.millrace.model.ModelSpec;
import io.millrace.model.loss.ExampleWeighting;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.OtherVersions;
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
     * @param features what is known of keys, for the scoring job; compacted
     * @param profiles by the profile's name, its topic
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
            String features,
            Map<String, String> profiles,
            int partitions)
            implements Serializable {
        public Topics {
            profiles = Map.copyOf(profiles);
        }
    }

    /**
     * How events are written and which are believed.
     *
     * @param maxBytes larger ones are dead letters
     * @param maxAhead an event further ahead of the clock is a dead letter
     * @param outOfOrderness how long events may come behind a later one
     * @param idleAfter when a silent partition no longer holds back event time
     * @param schemas that producers write with, beside those of this release
     */
    public record Events(
            EventFormat format,
            int maxBytes,
            Duration maxAhead,
            Duration outOfOrderness,
            Duration idleAfter,
            OtherVersions schemas)
            implements Serializable {

        /** Written with the schemas of this release. */
        public Events(
                EventFormat format,
                int maxBytes,
                Duration maxAhead,
                Duration outOfOrderness,
                Duration idleAfter) {
            this(format, maxBytes, maxAhead, outOfOrderness, idleAfter, OtherVersions.NONE);
        }
    }

    /**
     * How impressions become examples.
     *
     * @param policy when an impression without a click is a negative
     * @param attributionWindow an impression without a click for this long is a negative
     * @param lateWindow a click this long after its impression still corrects the negative; at
     *     least the attribution window
     */
    public record Labels(Policy policy, Duration attributionWindow, Duration lateWindow)
            implements Serializable {

        /** Waits for clicks, and corrects nothing. */
        public Labels(Duration attributionWindow) {
            this(Policy.WAIT, attributionWindow, attributionWindow);
        }

        /** How gradients are weighed, which only the policy that does not wait asks for. */
        public ExampleWeighting weighting() {
            return policy == Policy.IMMEDIATE
                    ? ExampleWeighting.FAKE_NEGATIVES
                    : ExampleWeighting.NONE;
        }

        /** When an impression without a click is a negative. */
        public enum Policy {
            /** When the attribution window ends. */
            WAIT,
            /** At once; a click makes a positive later, and weights keep the estimate unbiased. */
            IMMEDIATE
        }
    }

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
