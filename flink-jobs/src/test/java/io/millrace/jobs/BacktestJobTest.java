package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.backtest.BacktestPipeline;
import io.millrace.jobs.backtest.BacktestSettings;
import io.millrace.jobs.backtest.SimulatedHistory;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.train.Sync;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class BacktestJobTest {

    private static final String CLICK = "{type: click}";

    @Test
    void readersHaveSlotsBesideTheTrainers() {
        assertThat(job(3, pipeline("a", CLICK, "")).slots()).isEqualTo(4);
    }

    /** A checkpoint on the way would decide the version's number, a restart begin anew. */
    @Test
    void nothingInterruptsIt() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        job(1, pipeline("a", CLICK, "")).build(env);

        ReadableConfig configuration = env.getConfiguration();
        assertThat(configuration.get(RestartStrategyOptions.RESTART_STRATEGY)).isEqualTo("none");
        assertThat(configuration.get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
                .isGreaterThan(Duration.ofDays(30));
        assertThat(configuration.get(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS))
                .isGreaterThan(Duration.ofDays(30));
        assertThat(configuration.get(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER)).isZero();
    }

    @Test
    void pipelinesOfOneStreamMayDifferInAllElse() {
        job(
                1,
                pipeline("a", CLICK, ""),
                pipeline("b", CLICK, "training: {micro-batch: 7, trainers: 2}\n"));
    }

    @Test
    void objectivesMustBeTheSame() {
        assertRefused(
                pipeline("b", "{type: rating, min: 1, max: 5}", ""),
                "objective is clicks in a and ratings from 1.0 to 5.0 in b");
    }

    @Test
    void labelsMustBeTheSame() {
        assertRefused(
                pipeline("b", CLICK, "labels: {attribution-window: 7s}\n"),
                "labels.attribution-window is PT10S in a and PT7S in b");
    }

    @Test
    void theOutOfOrdernessMustBeTheSame() {
        assertRefused(
                pipeline("b", CLICK, "events: {out-of-orderness: 7s}\n"),
                "events.out-of-orderness is PT1S in a and PT7S in b");
    }

    @Test
    void whichEventsAreReadMustBeTheSame() {
        assertRefused(pipeline("b", CLICK, "events: {max-ahead: 7s}\n"), "events.max-ahead is PT");
        assertRefused(pipeline("b", CLICK, "events: {max-bytes: 7KiB}\n"), "7168 in b");
    }

    @Test
    void namesMustDiffer() {
        assertRefused(pipeline("a", CLICK, ""), "two pipelines are called a");
    }

    @Test
    void versionsMustNotMix() {
        assertRefused(
                pipeline("b", CLICK, "versions: {directory: versions-a}\n"),
                "pipelines a and b would both write versions of model test to ");
    }

    @Test
    void aBacktestHasAPipelineAReaderAndASync() {
        assertThatThrownBy(() -> job(1)).hasMessageContaining("at least one pipeline");
        assertThatThrownBy(() -> job(0, pipeline("a", CLICK, "")))
                .hasMessage("readers is 0; expected 1 to 128");
        assertThatThrownBy(
                        () ->
                                new BacktestJob(
                                        List.of(pipeline("a", CLICK, "")),
                                        new SimulatedHistory(1),
                                        new BacktestSettings(
                                                List.of(new Sync.AtOnce()),
                                                List.of(),
                                                List.of(),
                                                1,
                                                "outcomes")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 syncs with 0 names");
    }

    private static void assertRefused(BacktestPipeline other, String message) {
        assertThatThrownBy(() -> job(1, pipeline("a", CLICK, ""), other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private static BacktestJob job(int readers, BacktestPipeline... pipelines) {
        return new BacktestJob(
                List.of(pipelines),
                new SimulatedHistory(1),
                new BacktestSettings(
                        List.of(new Sync.AtOnce()), List.of("0"), List.of(), readers, "outcomes"));
    }

    private static BacktestPipeline pipeline(String name, String objective, String more) {
        String versions =
                more.contains("versions:") ? "" : "versions: {directory: versions-" + name + "}\n";
        return new BacktestPipeline(
                name,
                PipelineConfigReader.read(
                        """
                        model: test
                        objective: %s
                        features:
                          user: {type: categorical, dimension: 4}
                        architecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
                        optimizers:
                          embedding: {type: adagrad, learning-rate: 0.1}
                          dense: {type: adagrad, learning-rate: 0.02}
                        %s%s"""
                                .formatted(objective, versions, more),
                        name + ".yaml"),
                null);
    }
}
