package io.millrace.jobs.feature;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.label.LabelOutcome;
import io.millrace.model.example.Labellable;
import io.millrace.model.stream.StreamSpec;
import io.millrace.schemas.FeatureRow;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Stream features, wired: drafts and labels in, complete examples and changed rows out.
 *
 * <pre>
 *   label outcomes -.            .- labels ---------------------------.
 *                   |- questions -                                    |- assemble - examples
 *   ratings --------'            '- feature events -.                 |
 *                                                   |- feature rows - answers
 *   profiles ---------------------------------------'      '- changed rows
 * </pre>
 *
 * @param examples in the order in which their labels were known in event time
 * @param changed rows that have changed, as they are on the topic
 */
public record StreamFeatures<E>(DataStream<E> examples, DataStream<FeatureRow> changed) {

    /** The stream features of impressions. */
    public static <E extends Labellable<E>> StreamFeatures<E> ofOutcomes(
            DataStream<LabelOutcome<Draft<E>>> outcomes,
            List<DataStream<FeatureEvent>> profiles,
            PipelineConfig.Labels labels,
            Settings<E> settings) {
        TypeInformation<LabelledDraft<E>> drafts = LabelledDraftSerializer.type(settings.examples);
        OutputTag<LabelledDraft<E>> labelled = new OutputTag<>("labelled", drafts);
        SingleOutputStreamOperator<FeatureEvent> questions =
                outcomes.process(
                                new OutcomeQuestions<>(
                                        settings.specs,
                                        labels.policy() == PipelineConfig.Labels.Policy.WAIT,
                                        labels.attributionWindow(),
                                        labelled),
                                FeatureEventSerializer.TYPE)
                        .name("questions")
                        .uid("feature-questions")
                        .setParallelism(settings.parallelism);
        return wire(
                questions,
                questions.getSideOutput(labelled),
                profiles,
                labels.lateWindow(),
                settings);
    }

    /** The stream features of ratings. */
    public static <E extends Labellable<E>> StreamFeatures<E> ofRatings(
            DataStream<LabelledDraft<E>> ratings,
            List<DataStream<FeatureEvent>> profiles,
            Settings<E> settings) {
        DataStream<FeatureEvent> questions =
                ratings.flatMap(new RatedQuestions<>(settings.specs), FeatureEventSerializer.TYPE)
                        .name("questions")
                        .uid("feature-questions")
                        .setParallelism(settings.parallelism);
        return wire(questions, ratings, profiles, null, settings);
    }

    private static <E extends Labellable<E>> StreamFeatures<E> wire(
            DataStream<FeatureEvent> questions,
            DataStream<LabelledDraft<E>> labelled,
            List<DataStream<FeatureEvent>> profiles,
            @Nullable Duration lateWindow,
            Settings<E> settings) {
        DataStream<FeatureEvent> events = questions;
        for (DataStream<FeatureEvent> profile : profiles) {
            events = events.union(profile);
        }
        SingleOutputStreamOperator<FeatureAnswer> answers =
                events.keyBy(FeatureEvent::row, Types.STRING)
                        .transform(
                                "feature rows",
                                FeatureAnswerSerializer.TYPE,
                                new FeatureRows(
                                        settings.model, settings.specs, settings.tellsChanges))
                        .uid("feature-rows")
                        .setParallelism(settings.parallelism);
        TypeInformation<E> type = settings.type;
        DataStream<E> examples =
                labelled.keyBy(LabelledDraft::id, Types.STRING)
                        .connect(answers.keyBy(FeatureAnswer::id, Types.STRING))
                        .transform(
                                "assemble",
                                type,
                                new Assemble<>(
                                        settings.specs,
                                        settings.completion,
                                        type,
                                        LabelledDraftSerializer.type(settings.examples),
                                        lateWindow))
                        .uid("assemble")
                        .setParallelism(settings.parallelism);
        return new StreamFeatures<>(examples, answers.getSideOutput(FeatureRows.CHANGED));
    }

    /**
     * @param model whose rows they are, on the topic
     * @param specs of all that the rows are for
     * @param type of examples
     * @param examples writes them
     * @param tellsChanges whether changed rows are wanted
     */
    public record Settings<E extends Labellable<E>>(
            String model,
            List<StreamSpec> specs,
            Completion<E> completion,
            TypeInformation<E> type,
            TypeSerializer<E> examples,
            boolean tellsChanges,
            int parallelism) {}
}
