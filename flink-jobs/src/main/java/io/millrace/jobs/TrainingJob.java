package io.millrace.jobs;

import io.millrace.jobs.config.KafkaClientProperties;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.sink.DeadLetterSink;
import io.millrace.jobs.sink.EventSink;
import io.millrace.jobs.sink.KafkaAnnouncer;
import io.millrace.jobs.train.ParameterServer;
import io.millrace.jobs.train.SyncSettings;
import io.millrace.jobs.train.TrainerSettings;
import io.millrace.jobs.version.VersionAnnouncer;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.jobs.version.VersionNumbers;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.jobs.version.VersionSettings;
import io.millrace.jobs.version.VersionStorageFactory;
import io.millrace.model.example.Example;
import io.millrace.schemas.FeatureRow;
import io.millrace.schemas.PrequentialMetrics;
import java.util.Map;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/**
 * The training job: events from Kafka to examples, examples to parameters, checkpoints to versions.
 *
 * <pre>
 *   impressions -.
 *                |- label -.
 *   clicks ------'         |- examples - parameter server -.- metrics -> Kafka
 *   ratings ---------------'     '- feature rows -> Kafka  '- version pieces - versions
 *      '- positions --------------------------------------------------'
 * </pre>
 */
public final class TrainingJob {

    private final PipelineConfig config;
    private final VersionNumbers numbers;
    private final @Nullable Map<String, Map<Integer, Long>> end;
    private final VersionStorageFactory storage;
    private final VersionAnnouncer.@Nullable Factory announcer;

    /**
     * @param newestVersion the newest version that the model already has, 0 if none
     * @param end where to stop reading, by topic and partition; null to train for ever
     */
    public TrainingJob(
            PipelineConfig config,
            long newestVersion,
            @Nullable Map<String, Map<Integer, Long>> end) {
        this(config, newestVersion, end, VersionDirectory.of(config.versions().directory()), null);
    }

    /**
     * The same with another place for versions and another way to tell of them.
     *
     * @param announcer null to announce on Kafka
     */
    TrainingJob(
            PipelineConfig config,
            long newestVersion,
            @Nullable Map<String, Map<Integer, Long>> end,
            VersionStorageFactory storage,
            VersionAnnouncer.@Nullable Factory announcer) {
        this.config = config;
        this.numbers = new VersionNumbers(newestVersion);
        this.end = end;
        this.storage = storage;
        this.announcer = announcer;
    }

    /** Adds the job to an environment. */
    public void build(StreamExecutionEnvironment env) {
        JobSettings.configureTraining(env, config);
        Map<String, String> kafka = KafkaClientProperties.of(config);

        TrainingExamples read = TrainingExamples.read(env, config, end);
        ParameterServer server = train(read.examples());
        server.metrics()
                .sinkTo(
                        EventSink.to(
                                config.topics().metrics(),
                                PrequentialMetrics.class,
                                config.events().format(),
                                PrequentialMetrics::getModel,
                                kafka))
                .name("metrics")
                .uid("metrics")
                .setParallelism(1);
        read.deadLetters()
                .sinkTo(
                        DeadLetterSink.to(
                                config.topics().deadLetters(), config.events().format(), kafka))
                .name("dead letters")
                .uid("dead-letters")
                .setParallelism(1);
        if (read.features() != null) {
            sendFeatures(read.features(), kafka);
        }
        publish(
                server.pieces().union(read.positions()),
                announcer != null
                        ? announcer
                        : KafkaAnnouncer.factory(
                                config.topics().models(), config.events().format(), kafka));
    }

    /**
     * Adds the job from its examples on, without Kafka: metrics are discarded, and versions lie in
     * their directory unannounced.
     */
    public void buildFrom(StreamExecutionEnvironment env, DataStream<Example> examples) {
        JobSettings.configureTraining(env, config);
        ParameterServer server = train(examples);
        server.metrics().sinkTo(new DiscardingSink<>()).name("metrics").uid("metrics");
        publish(server.pieces(), Unannounced::new);
    }

    private void sendFeatures(DataStream<FeatureRow> rows, Map<String, String> kafka) {
        rows.sinkTo(
                        EventSink.to(
                                config.topics().features(),
                                FeatureRow.class,
                                config.events().format(),
                                TrainingJob::key,
                                kafka))
                .name("features")
                .uid("features")
                .setParallelism(config.training().trainers());
    }

    /** Models may share the topic. */
    private static String key(FeatureRow row) {
        return row.getModel() + "/" + row.getGroup() + "/" + row.getKey();
    }

    private ParameterServer train(DataStream<Example> examples) {
        PipelineConfig.Training training = config.training();
        return ParameterServer.wire(
                examples,
                name(),
                config.model(),
                new ParameterServer.Settings(
                        new TrainerSettings(
                                training.microBatch(),
                                training.maxWait(),
                                training.reproducible(),
                                training.staleness(),
                                training.torchThreads(),
                                SyncSettings.AT_ONCE,
                                config.labels().weighting()),
                        training.trainers(),
                        training.shards(),
                        training.cacheBytes(),
                        config.metrics().everyExamples(),
                        numbers,
                        storage),
                training.maxParallelism());
    }

    private void publish(DataStream<VersionPiece> pieces, VersionAnnouncer.Factory announcer) {
        Publication.of(
                pieces,
                "versions",
                new VersionSettings(
                        config.model(),
                        storage,
                        config.training().shards(),
                        config.versions().baseEvery(),
                        config.versions().retain()),
                announcer);
    }

    private String name() {
        return config.model().name();
    }
}
