package io.millrace.jobs.backtest;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.feature.Draft;
import io.millrace.jobs.feature.DraftSerializer;
import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.feature.LabelledDraft;
import io.millrace.jobs.feature.LabelledDraftSerializer;
import io.millrace.jobs.feature.StreamFeatures;
import io.millrace.jobs.label.LabelOutcome;
import io.millrace.jobs.label.LabelOutcomeSerializer;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * The stream features and profiles of a backtest: rows for all pipelines at once, and examples that
 * are filled in where they stand in the joined stream. An event that a pipeline cannot use counts
 * in the rows all the same, if its keys can be read for another one.
 */
final class BacktestFeatures {

    private BacktestFeatures() {}

    static boolean isNeededBy(List<BacktestPipeline> pipelines) {
        return pipelines.stream().anyMatch(p -> !p.config().model().stream().isEmpty());
    }

    /**
     * Fills in the examples of {@code learned}, which are those of the outcomes.
     *
     * @param updates what profiles say
     */
    static DataStream<BacktestExample> ofOutcomes(
            List<BacktestPipeline> pipelines,
            BacktestProfiles profiles,
            DataStream<FeatureEvent> updates,
            DataStream<LabelOutcome<BacktestExample>> outcomes,
            DataStream<BacktestExample> learned) {
        PipelineConfig config = pipelines.get(0).config();
        DataStream<LabelOutcome<Draft<BacktestExample>>> drafts =
                outcomes.map(BacktestFeatures::draft)
                        .returns(
                                LabelOutcomeSerializer.type(
                                        DraftSerializer.of(new BacktestExampleSerializer())))
                        .name("drafts")
                        .uid("drafts")
                        .setParallelism(1);
        return filledIn(
                learned,
                StreamFeatures.ofOutcomes(
                        drafts, all(profiles, updates), config.labels(), settings(profiles)));
    }

    /** Fills in ratings, the same. */
    static DataStream<BacktestExample> ofRatings(
            BacktestProfiles profiles,
            DataStream<FeatureEvent> updates,
            DataStream<BacktestExample> ratings) {
        DataStream<LabelledDraft<BacktestExample>> drafts =
                ratings.map(BacktestFeatures::rated)
                        .returns(LabelledDraftSerializer.type(new BacktestExampleSerializer()))
                        .name("drafts")
                        .uid("drafts")
                        .setParallelism(1);
        return filledIn(
                ratings,
                StreamFeatures.ofRatings(drafts, all(profiles, updates), settings(profiles)));
    }

    private static DataStream<BacktestExample> filledIn(
            DataStream<BacktestExample> lacking, StreamFeatures<BacktestExample> features) {
        return lacking.connect(features.examples())
                .transform("fill in", BacktestExampleSerializer.TYPE, new FillIn())
                .uid("fill-in")
                .setParallelism(1);
    }

    private static List<DataStream<FeatureEvent>> all(
            BacktestProfiles profiles, DataStream<FeatureEvent> updates) {
        return profiles.isEmpty() ? List.of() : List.of(updates);
    }

    private static StreamFeatures.Settings<BacktestExample> settings(BacktestProfiles profiles) {
        return new StreamFeatures.Settings<>(
                profiles.models().get(0).name(),
                profiles.streams(),
                new BacktestCompletion(profiles),
                BacktestExampleSerializer.TYPE,
                new BacktestExampleSerializer(),
                false,
                1);
    }

    private static LabelOutcome<Draft<BacktestExample>> draft(
            LabelOutcome<BacktestExample> outcome) {
        String id = outcome.impressionId();
        Draft<BacktestExample> draft = draft(outcome.example());
        if (outcome instanceof LabelOutcome.Labelled<BacktestExample> known) {
            return new LabelOutcome.Labelled<>(id, draft, known.why(), known.time());
        } else if (outcome instanceof LabelOutcome.Unsampled<BacktestExample> known) {
            return new LabelOutcome.Unsampled<>(id, draft, known.why(), known.time());
        }
        return new LabelOutcome.Shown<>(id, draft);
    }

    private static Draft<BacktestExample> draft(BacktestExample example) {
        return new Draft<>(example, example.keys());
    }

    /** What has the same time counts in the order of the history. */
    private static LabelledDraft<BacktestExample> rated(BacktestExample example) {
        return LabelledDraft.rated(String.format("%019d", example.number()), draft(example));
    }
}
