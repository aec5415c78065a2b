package io.millrace.jobs.backtest;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.history.History;
import io.millrace.jobs.label.LabelEvent;
import io.millrace.jobs.label.LabelEventSerializer;
import io.millrace.jobs.label.LabelJoin;
import io.millrace.jobs.label.LabelOutcome;
import io.millrace.jobs.label.LabelOutcomeSerializer;
import io.millrace.jobs.label.LabelSettings;
import io.millrace.jobs.label.LearnedExamples;
import io.millrace.jobs.train.BatchOutcome;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.example.Example;
import io.millrace.model.loss.Objective;
import io.millrace.model.metric.MetricExamples;
import io.millrace.schemas.DeadLetter;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What a backtest has around its parameter servers: the joined stream that they learn from, and the
 * judge that hears their outcomes.
 */
public final class BacktestGraph {

    private final List<BacktestPipeline> pipelines;
    private final BacktestSettings settings;
    private final DataStream<BacktestExample> joined;
    private final DataStream<JudgeEvent> aside;

    private BacktestGraph(
            List<BacktestPipeline> pipelines,
            BacktestSettings settings,
            DataStream<BacktestExample> joined,
            DataStream<JudgeEvent> aside) {
        this.pipelines = pipelines;
        this.settings = settings;
        this.joined = joined;
        this.aside = aside;
    }

    /** Adds the way from the history to labelled examples. */
    public static BacktestGraph of(
            StreamExecutionEnvironment env,
            History history,
            List<BacktestPipeline> pipelines,
            BacktestSettings settings) {
        PipelineConfig config = pipelines.get(0).config();
        BacktestProfiles profiles = BacktestProfiles.of(pipelines, history);
        SingleOutputStreamOperator<LabelEvent<BacktestExample>> events =
                events(env, history, pipelines, profiles, settings);
        DataStream<FeatureEvent> updates = events.getSideOutput(EventOrder.PROFILES);
        DataStream<JudgeEvent> aside = events.getSideOutput(EventOrder.ASIDE);
        if (config.model().objective() instanceof Objective.Rating) {
            DataStream<BacktestExample> rated = rated(events);
            return new BacktestGraph(
                    pipelines,
                    settings,
                    BacktestFeatures.isNeededBy(pipelines)
                            ? BacktestFeatures.ofRatings(profiles, updates, rated)
                            : rated,
                    aside);
        }
        SingleOutputStreamOperator<LabelOutcome<BacktestExample>> outcomes =
                joined(events, config, BacktestFeatures.isNeededBy(pipelines));
        return new BacktestGraph(
                pipelines,
                settings,
                BacktestFeatures.isNeededBy(pipelines)
                        ? BacktestFeatures.ofOutcomes(
                                pipelines, profiles, updates, outcomes, learned(outcomes))
                        : learned(outcomes),
                aside.union(leftOver(outcomes, Origins.of(history))));
    }

    /** A pipeline's share of the joined stream, in its order. */
    public DataStream<Example> examples(int pipeline) {
        return joined.transform(
                        "pick", ExampleSerializer.TYPE, new PickExample(pipeline, settings.syncs()))
                .uid(pipelines.get(pipeline).name() + "-pick")
                .setParallelism(1);
    }

    /**
     * Adds the judge.
     *
     * @param outcomes of each pipeline, in the order of the pipelines
     */
    public void judge(List<DataStream<BatchOutcome>> outcomes) {
        DataStream<JudgeEvent> all =
                aside.union(
                        joined.map(example -> (JudgeEvent) JudgeEvent.Joined.of(example))
                                .returns(JudgeEventSerializer.TYPE)
                                .name("joined")
                                .uid("joined")
                                .setParallelism(1));
        for (int i = 0; i < outcomes.size(); i++) {
            all = all.union(predicted(i, outcomes.get(i)));
        }
        all.transform("judge", Types.VOID, new Judge(names(pipelines), learned(), settings))
                .uid("judge")
                .setParallelism(1);
    }

    private MetricExamples learned() {
        PipelineConfig config = pipelines.get(0).config();
        return new MetricExamples(config.model().objective(), config.labels().weighting());
    }

    private static SingleOutputStreamOperator<LabelEvent<BacktestExample>> events(
            StreamExecutionEnvironment env,
            History history,
            List<BacktestPipeline> pipelines,
            BacktestProfiles profiles,
            BacktestSettings settings) {
        PipelineConfig config = pipelines.get(0).config();
        return env.fromSource(
                        new HistorySource(history, profiles.tables()),
                        WatermarkStrategy.noWatermarks(),
                        "history",
                        HistoryRecordSerializer.TYPE)
                .uid("history")
                .setParallelism(1)
                .rebalance()
                .map(
                        new EventDecoder(
                                names(pipelines),
                                new BacktestExamples(
                                        profiles.models(),
                                        profiles.streams(),
                                        settings.sliceFields()),
                                profiles,
                                config.model().objective(),
                                history.format(),
                                config.events().maxBytes(),
                                config.events().maxAhead(),
                                Origins.of(history)))
                .returns(ReadEventSerializer.TYPE)
                .name("read")
                .uid("read")
                .setParallelism(settings.readers())
                .transform(
                        "order",
                        LabelEventSerializer.type(new BacktestExampleSerializer()),
                        new EventOrder(config.events().outOfOrderness()))
                .uid("order")
                .setParallelism(1);
    }

    /** A rating is its own label. */
    private static SingleOutputStreamOperator<BacktestExample> rated(
            DataStream<LabelEvent<BacktestExample>> events) {
        return events.map(event -> ((LabelEvent.Impressed<BacktestExample>) event).example())
                .returns(BacktestExampleSerializer.TYPE)
                .name("rated")
                .uid("rated")
                .setParallelism(1);
    }

    private static SingleOutputStreamOperator<LabelOutcome<BacktestExample>> joined(
            DataStream<LabelEvent<BacktestExample>> events,
            PipelineConfig config,
            boolean tellsShown) {
        Objective.Click objective = (Objective.Click) config.model().objective();
        LabelSettings labels =
                new LabelSettings(
                        config.labels(), objective.negativeSampling(), LabelSettings.AtEnd.UNKNOWN);
        return events.keyBy(LabelEvent::impressionId, Types.STRING)
                .transform(
                        "label",
                        LabelOutcomeSerializer.type(new BacktestExampleSerializer()),
                        LabelJoin.operator(
                                tellsShown ? labels.tellingShown() : labels,
                                new BacktestExampleSerializer()))
                .uid("label")
                .setParallelism(1);
    }

    private static SingleOutputStreamOperator<BacktestExample> learned(
            DataStream<LabelOutcome<BacktestExample>> outcomes) {
        return outcomes.flatMap(new LearnedExamples<>(), BacktestExampleSerializer.TYPE)
                .name("examples")
                .uid("examples")
                .setParallelism(1);
    }

    /** Events that are set aside, and impressions without a label. */
    private static DataStream<JudgeEvent> leftOver(
            SingleOutputStreamOperator<LabelOutcome<BacktestExample>> joined, Origins origins) {
        DataStream<JudgeEvent> clicks =
                joined.getSideOutput(LabelJoin.DEAD_LETTERS)
                        .map(letter -> rejected(letter, origins))
                        .returns(JudgeEventSerializer.TYPE)
                        .name("unmatched")
                        .uid("unmatched")
                        .setParallelism(1);
        DataStream<JudgeEvent> impressions =
                joined.getSideOutput(LabelJoin.UNLABELLED)
                        .map(time -> (JudgeEvent) new JudgeEvent.Unlabelled())
                        .returns(JudgeEventSerializer.TYPE)
                        .name("unlabelled")
                        .uid("unlabelled")
                        .setParallelism(1);
        return clicks.union(impressions);
    }

    private static JudgeEvent rejected(DeadLetter letter, Origins origins) {
        return new JudgeEvent.Rejected(
                JudgeEvent.Rejected.LAST,
                new OutcomeFile.RejectedEvent(
                        origins.text(letter), "", letter.getReason(), letter.getDetail()));
    }

    private DataStream<JudgeEvent> predicted(int pipeline, DataStream<BatchOutcome> outcomes) {
        return outcomes.map(outcome -> (JudgeEvent) new JudgeEvent.Predicted(pipeline, outcome))
                .returns(JudgeEventSerializer.TYPE)
                .name("predicted")
                .uid(pipelines.get(pipeline).name() + "-predicted")
                .setParallelism(1)
                .slotSharingGroup("default");
    }

    private static List<String> names(List<BacktestPipeline> pipelines) {
        return pipelines.stream().map(BacktestPipeline::name).toList();
    }
}
