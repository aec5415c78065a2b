package io.millrace.jobs;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.feature.Draft;
import io.millrace.jobs.feature.DraftSerializer;
import io.millrace.jobs.feature.Drafts;
import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.feature.FeatureEventSerializer;
import io.millrace.jobs.feature.LabelledDraft;
import io.millrace.jobs.feature.LabelledDraftSerializer;
import io.millrace.jobs.feature.ModelCompletion;
import io.millrace.jobs.feature.ProfileReader;
import io.millrace.jobs.feature.RatedReader;
import io.millrace.jobs.feature.StreamFeatures;
import io.millrace.jobs.label.ClickReader;
import io.millrace.jobs.label.ExampleRecipe;
import io.millrace.jobs.label.ImpressionReader;
import io.millrace.jobs.label.LabelEvent;
import io.millrace.jobs.label.LabelEventSerializer;
import io.millrace.jobs.label.LabelJoin;
import io.millrace.jobs.label.LabelOutcome;
import io.millrace.jobs.label.LabelOutcomeSerializer;
import io.millrace.jobs.label.LabelSettings;
import io.millrace.jobs.label.LateRecords;
import io.millrace.jobs.label.LearnedExamples;
import io.millrace.jobs.label.ModelExamples;
import io.millrace.jobs.label.RatingReader;
import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.EventStream;
import io.millrace.jobs.source.KafkaSettings;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.example.Labellable;
import io.millrace.model.loss.Objective;
import io.millrace.model.stream.StreamSpec;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.FeatureRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The first half of the training job: events from Kafka to examples.
 *
 * <pre>
 *   impressions -.
 *                |- label -.
 *   clicks ------'         |--------------------- examples
 *   ratings ---------------'- stream features -'
 *   profiles ---------------------'
 * </pre>
 *
 * <p>Only a model with stream features or profiles has the way through them.
 *
 * @param positions of the topics at each checkpoint
 * @param features rows of stream features that have changed; null for a model without
 */
record TrainingExamples(
        DataStream<Example> examples,
        DataStream<DeadLetter> deadLetters,
        DataStream<VersionPiece> positions,
        @Nullable DataStream<FeatureRow> features) {

    /**
     * @param end where to stop reading, by topic and partition; null to read for ever
     */
    static TrainingExamples read(
            StreamExecutionEnvironment env,
            PipelineConfig config,
            @Nullable Map<String, Map<Integer, Long>> end) {
        KafkaSettings kafka =
                JobSettings.kafka(config, "millrace-train-" + config.model().name(), end);
        return new Reading(env, config, kafka).examples();
    }

    /** How a job reads. */
    private record Reading(
            StreamExecutionEnvironment env, PipelineConfig config, KafkaSettings kafka) {

        TrainingExamples examples() {
            boolean isPlain = model().stream().isEmpty();
            if (model().objective() instanceof Objective.Rating rating) {
                return isPlain ? plain(rating) : featured(rating);
            }
            return isPlain ? plainClicks() : featuredClicks();
        }

        private TrainingExamples plain(Objective.Rating objective) {
            EventStream<Example> ratings =
                    ratings(
                            new RatingReader<>(
                                    new ModelExamples(model()),
                                    objective,
                                    kafka.format(),
                                    kafka.maxBytes()),
                            ExampleSerializer.TYPE);
            return new TrainingExamples(
                    ratings.events(), ratings.deadLetters(), ratings.positions(), null);
        }

        private TrainingExamples featured(Objective.Rating objective) {
            EventStream<LabelledDraft<Example>> ratings =
                    ratings(
                            new RatedReader<>(
                                    new RatingReader<>(
                                            drafts(), objective, kafka.format(), kafka.maxBytes())),
                            LabelledDraftSerializer.type(new ExampleSerializer()));
            List<EventStream<FeatureEvent>> profiles = profiles();
            StreamFeatures<Example> features =
                    StreamFeatures.ofRatings(ratings.events(), events(profiles), settings());
            return featured(features, ratings.deadLetters(), ratings.positions(), profiles);
        }

        private TrainingExamples plainClicks() {
            Outcomes<Example> outcomes =
                    outcomes(new ModelExamples(model()), new ExampleSerializer(), labelSettings());
            DataStream<Example> examples =
                    outcomes.outcomes
                            .flatMap(new LearnedExamples<>(), ExampleSerializer.TYPE)
                            .name("examples")
                            .uid("examples")
                            .setParallelism(trainers());
            return new TrainingExamples(examples, outcomes.deadLetters, outcomes.positions, null);
        }

        private TrainingExamples featuredClicks() {
            Outcomes<Draft<Example>> outcomes =
                    outcomes(
                            drafts(),
                            DraftSerializer.of(new ExampleSerializer()),
                            labelSettings().tellingShown());
            List<EventStream<FeatureEvent>> profiles = profiles();
            StreamFeatures<Example> features =
                    StreamFeatures.ofOutcomes(
                            outcomes.outcomes, events(profiles), config.labels(), settings());
            return featured(features, outcomes.deadLetters, outcomes.positions, profiles);
        }

        private static TrainingExamples featured(
                StreamFeatures<Example> features,
                DataStream<DeadLetter> deadLetters,
                DataStream<VersionPiece> positions,
                List<EventStream<FeatureEvent>> profiles) {
            DataStream<DeadLetter> allLetters = deadLetters;
            DataStream<VersionPiece> allPositions = positions;
            for (EventStream<FeatureEvent> profile : profiles) {
                allLetters = allLetters.union(profile.deadLetters());
                allPositions = allPositions.union(profile.positions());
            }
            return new TrainingExamples(
                    features.examples(), allLetters, allPositions, features.changed());
        }

        // -- from topics

        private <T> EventStream<T> ratings(EventReader<T> reader, TypeInformation<T> type) {
            return EventStream.read(
                    env, kafka, config.topics().ratings(), reader, type, trainers());
        }

        private <E extends Labellable<E>> Outcomes<E> outcomes(
                ExampleRecipe<E> recipe, TypeSerializer<E> serializer, LabelSettings labels) {
            TypeInformation<LabelEvent<E>> eventType = LabelEventSerializer.type(serializer);
            EventStream<LabelEvent<E>> impressions =
                    EventStream.read(
                            env,
                            kafka,
                            config.topics().impressions(),
                            new ImpressionReader<>(recipe, kafka.format(), kafka.maxBytes()),
                            eventType,
                            trainers());
            EventStream<LabelEvent<E>> clicks =
                    EventStream.read(
                            env,
                            kafka,
                            config.topics().clicks(),
                            new ClickReader<>(kafka.format(), kafka.maxBytes()),
                            eventType,
                            trainers());
            SingleOutputStreamOperator<LabelOutcome<E>> outcomes =
                    LateRecords.only(
                                    impressions.events(),
                                    config.labels().lateWindow(),
                                    kafka.maxAhead(),
                                    eventType)
                            .union(clicks.events())
                            .keyBy(LabelEvent::impressionId, Types.STRING)
                            .transform(
                                    "label",
                                    LabelOutcomeSerializer.type(serializer),
                                    LabelJoin.operator(labels, serializer))
                            .uid("label")
                            .setParallelism(trainers());
            return new Outcomes<>(
                    outcomes,
                    impressions
                            .deadLetters()
                            .union(
                                    clicks.deadLetters(),
                                    outcomes.getSideOutput(LabelJoin.DEAD_LETTERS)),
                    impressions.positions().union(clicks.positions()));
        }

        /** Those that the model reads, one stream a topic. */
        private List<EventStream<FeatureEvent>> profiles() {
            List<EventStream<FeatureEvent>> profiles = new ArrayList<>();
            new TreeMap<>(config.topics().profiles())
                    .forEach(
                            (profile, topic) ->
                                    profiles.add(
                                            EventStream.read(
                                                    env,
                                                    kafka,
                                                    topic,
                                                    new ProfileReader(
                                                            List.of(model()),
                                                            profile,
                                                            kafka.format(),
                                                            kafka.maxBytes()),
                                                    FeatureEventSerializer.TYPE,
                                                    trainers())));
            return profiles;
        }

        private static List<DataStream<FeatureEvent>> events(
                List<EventStream<FeatureEvent>> profiles) {
            return profiles.stream()
                    .map(profile -> (DataStream<FeatureEvent>) profile.events())
                    .toList();
        }

        // -- settings

        private Drafts<Example> drafts() {
            return new Drafts<>(new ModelExamples(model()), specs());
        }

        private StreamFeatures.Settings<Example> settings() {
            return new StreamFeatures.Settings<>(
                    model().name(),
                    specs(),
                    new ModelCompletion(model()),
                    ExampleSerializer.TYPE,
                    new ExampleSerializer(),
                    true,
                    trainers());
        }

        private LabelSettings labelSettings() {
            return new LabelSettings(
                    config.labels(),
                    ((Objective.Click) model().objective()).negativeSampling(),
                    LabelSettings.AtEnd.NEGATIVE);
        }

        private List<StreamSpec> specs() {
            return List.of(model().stream());
        }

        private ModelSpec model() {
            return config.model();
        }

        private int trainers() {
            return config.training().trainers();
        }
    }

    private record Outcomes<E>(
            DataStream<LabelOutcome<E>> outcomes,
            DataStream<DeadLetter> deadLetters,
            DataStream<VersionPiece> positions) {}
}
