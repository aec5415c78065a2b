package io.millrace.jobs.backtest;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.feature.Draft;
import io.millrace.jobs.feature.DraftSerializer;
import io.millrace.jobs.feature.LabelledDraft;
import io.millrace.jobs.feature.LabelledDraftSerializer;
import io.millrace.jobs.feature.StreamFeatures;
import io.millrace.jobs.label.LabelOutcome;
import io.millrace.jobs.label.LabelOutcomeSerializer;
import io.millrace.model.ModelSpec;
import io.millrace.model.stream.StreamSpec;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * The stream features of a backtest: rows for all pipelines at once, and examples that are filled
 * in where they stand in the joined stream. An event that a pipeline cannot use counts in the rows
 * all the same, if its keys can be read for another one.
 */
final class BacktestFeatures {

    private BacktestFeatures() {}

    static boolean isNeededBy(List<BacktestPipeline> pipelines) {
        return pipelines.stream().anyMatch(p -> !p.config().model().stream().isEmpty());
    }

    /** Fills in the examples of {@code learned}, which are those of the outcomes. */
    static DataStream<BacktestExample> ofOutcomes(
            List<BacktestPipeline> pipelines,
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
                StreamFeatures.ofOutcomes(drafts, List.of(), config.labels(), settings(pipelines)));
    }

    /** Fills in ratings. */
    static DataStream<BacktestExample> ofRatings(
            List<BacktestPipeline> pipelines, DataStream<BacktestExample> ratings) {
        DataStream<LabelledDraft<BacktestExample>> drafts =
                ratings.map(BacktestFeatures::rated)
                        .returns(LabelledDraftSerializer.type(new BacktestExampleSerializer()))
                        .name("drafts")
                        .uid("drafts")
                        .setParallelism(1);
        return filledIn(ratings, StreamFeatures.ofRatings(drafts, List.of(), settings(pipelines)));
    }

    private static DataStream<BacktestExample> filledIn(
            DataStream<BacktestExample> lacking, StreamFeatures<BacktestExample> features) {
        return lacking.connect(features.examples())
                .transform("fill in", BacktestExampleSerializer.TYPE, new FillIn())
                .uid("fill-in")
                .setParallelism(1);
    }

    private static StreamFeatures.Settings<BacktestExample> settings(
            List<BacktestPipeline> pipelines) {
        List<ModelSpec> models = pipelines.stream().map(p -> p.config().model()).toList();
        List<StreamSpec> specs = models.stream().map(ModelSpec::stream).toList();
        return new StreamFeatures.Settings<>(
                models.get(0).name(),
                specs,
                new BacktestCompletion(models),
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
