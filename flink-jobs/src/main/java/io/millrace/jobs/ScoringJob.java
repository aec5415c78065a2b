package io.millrace.jobs;

import io.millrace.jobs.config.KafkaClientProperties;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.score.FeatureSource;
import io.millrace.jobs.score.ModelVersionReader;
import io.millrace.jobs.score.ScoreRequestReader;
import io.millrace.jobs.score.Scoring;
import io.millrace.jobs.sink.DeadLetterSink;
import io.millrace.jobs.sink.EventSink;
import io.millrace.jobs.source.EventStream;
import io.millrace.jobs.source.KafkaSettings;
import io.millrace.jobs.source.KafkaTopicFeed;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.jobs.wire.EventTypes;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The scoring job: score requests from Kafka, answered with the newest version of the model.
 *
 * <pre>
 *   score-requests - score -> scores
 *   models ----------|
 *   features --------'  (only a model with stream features or profiles)
 * </pre>
 */
public final class ScoringJob {

    private final PipelineConfig config;

    public ScoringJob(PipelineConfig config) {
        this.config = config;
    }

    /** Adds the job to an environment. */
    public void build(StreamExecutionEnvironment env) {
        JobSettings.configureScoring(env, config);
        Map<String, String> clients = KafkaClientProperties.of(config);
        String model = config.model().name();
        KafkaSettings kafka = JobSettings.kafka(config, "millrace-score-" + model, null);

        EventStream<ScoreRequest> requests =
                EventStream.read(
                        env,
                        kafka,
                        config.topics().scoreRequests(),
                        new ScoreRequestReader(kafka.format(), kafka.maxBytes()),
                        EventTypes.SCORE_REQUEST,
                        config.scoring().parallelism(),
                        OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST));
        EventStream<ModelVersion> announcements =
                EventStream.read(
                        env,
                        kafka,
                        config.topics().models(),
                        new ModelVersionReader(kafka.format(), kafka.maxBytes()),
                        EventTypes.MODEL_VERSION,
                        1,
                        // Versions are looked for in their directory: one that was not heard of
                        // is found there.
                        OffsetsInitializer.earliest());
        Scoring.wire(
                        requests.events(),
                        announcements.events(),
                        model,
                        VersionDirectory.of(config.versions().directory()),
                        config.training().torchThreads(),
                        features(clients),
                        config.scoring().parallelism())
                .sinkTo(
                        EventSink.to(
                                config.topics().scores(),
                                Score.class,
                                config.events().format(),
                                Score::getRequestId,
                                sentAtOnce(clients)))
                .name("scores")
                .uid("scores")
                .setParallelism(config.scoring().parallelism());
        requests.deadLetters()
                .union(announcements.deadLetters())
                .sinkTo(
                        DeadLetterSink.to(
                                config.topics().deadLetters(), config.events().format(), clients))
                .name("dead letters")
                .uid("dead-letters")
                .setParallelism(1);
    }

    /** A model without stream features and profiles needs no rows. */
    private @Nullable FeatureSource features(Map<String, String> clients) {
        return config.model().stream().isEmpty()
                ? null
                : new FeatureSource(
                        new KafkaTopicFeed(clients, config.topics().features()),
                        config.events().format());
    }

    /** Someone waits for a score: it is sent at once, unless the pipeline says otherwise. */
    static Map<String, String> sentAtOnce(Map<String, String> clients) {
        Map<String, String> producer = new HashMap<>(clients);
        producer.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "0");
        return producer;
    }
}
