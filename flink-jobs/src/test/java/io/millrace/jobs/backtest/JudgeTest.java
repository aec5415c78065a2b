package io.millrace.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.backtest.OutcomeFile.Progress;
import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.train.BatchOutcome;
import io.millrace.model.evaluate.Outcomes;
import io.millrace.model.loss.ExampleWeighting;
import io.millrace.model.loss.Objective;
import io.millrace.model.metric.MetricExamples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeTest {

    private static final float NONE = Float.NaN;

    @TempDir private Path directory;
    private Path file;
    private OneInputStreamOperatorTestHarness<JudgeEvent, Void> judge;

    @BeforeEach
    void open() throws Exception {
        file = directory.resolve("outcomes");
        judge =
                new OneInputStreamOperatorTestHarness<>(
                        judge(new Objective.Click(), ExampleWeighting.NONE));
        judge.open();
    }

    private Judge judge(Objective objective, ExampleWeighting weighting) {
        return new Judge(
                List.of("a", "b"),
                new MetricExamples(objective, weighting),
                TestBacktests.settings(file));
    }

    /** Not by the harness, which would finish it first. */
    @AfterEach
    void close() throws Exception {
        judge.getOneInputOperator().close();
        judge.getEnvironment().close();
    }

    @Test
    void usageExample() throws Exception {
        join(0, 1, true, true);
        join(1, 0, true, true);
        predict(0, new float[] {1, 0}, 0.1f, 0.2f);
        predict(1, new float[] {1}, 0.3f);
        predict(1, new float[] {0}, 0.4f);
        finish();

        assertThat(recorded().labels()).containsExactly(1, 0);
        assertThat(recorded().predictions())
                .isDeepEqualTo(
                        new float[][] {{0.1f, 0.2f}, {1.1f, 1.2f}, {0.3f, 0.4f}, {1.3f, 1.4f}});
    }

    /** A row is as its example counts over all impressions, and not as it was learned. */
    @Test
    void sampledNegativesCountForThoseThatWereDropped() throws Exception {
        reopen(judge(new Objective.Click(0.25), ExampleWeighting.NONE));
        join(0, 1, true, true);
        join(1, 0, true, true);
        predict(0, new float[] {1, 0}, 0.1f, 0.2f);
        predict(1, new float[] {1, 0}, 0.3f, 0.4f);

        assertRows(2);
        assertThat(recorded().labels()).containsExactly(1, 0);
        assertThat(recorded().weights()).containsExactly(1, 4);
    }

    @Test
    void aClickTakesTheNegativeOfItsImpressionBack() throws Exception {
        reopen(judge(new Objective.Click(), ExampleWeighting.FAKE_NEGATIVES));
        join(0, 0, true, true);
        join(0, 1, true, true);
        predict(0, new float[] {0, 1}, 0.1f, 0.2f);
        predict(1, new float[] {0, 1}, 0.3f, 0.4f);

        assertRows(3);
        assertThat(recorded().labels()).containsExactly(0, 1, 0);
        assertThat(recorded().weights()).containsExactly(1, 1, -1);
        assertThat(recorded().predictions()[2]).containsExactly(0.3f, 0.4f, 0.4f);
    }

    @Test
    void predictionsMayComeBeforeTheirExamples() throws Exception {
        predict(1, new float[] {1, 0}, 0.3f, 0.4f);
        join(0, 1, true, true);
        predict(0, new float[] {1}, 0.1f);
        assertRows(1);

        predict(0, new float[] {0}, 0.2f);
        assertRows(1);
        join(1, 0, true, true);

        assertRows(2);
        assertThat(recorded().predictions()[0]).containsExactly(0.1f, 0.2f);
        assertThat(recorded().predictions()[2]).containsExactly(0.3f, 0.4f);
    }

    @Test
    void aPipelineHasNoPredictionWhereItHasNoExample() throws Exception {
        join(0, 1, true, false);
        join(1, 0, false, true);
        join(2, 1, true, true);
        predict(1, new float[] {0, 1}, 0.3f, 0.4f);
        assertRows(0);
        predict(0, new float[] {1, 1}, 0.1f, 0.2f);
        finish();

        assertThat(recorded().predictions()[0]).containsExactly(0.1f, NONE, 0.2f);
        assertThat(recorded().predictions()[1]).containsExactly(1.1f, NONE, 1.2f);
        assertThat(recorded().predictions()[2]).containsExactly(NONE, 0.3f, 0.4f);
        assertThat(recorded().predictions()[3]).containsExactly(NONE, 1.3f, 1.4f);
    }

    @Test
    void aPipelineWithoutItsPredictionsHoldsTheOthers() throws Exception {
        join(0, 1, true, true);
        join(1, 0, true, false);
        predict(0, new float[] {1, 0}, 0.1f, 0.2f);
        assertRows(0);

        predict(1, new float[] {1}, 0.3f);

        assertRows(2);
    }

    @Test
    void whatIsNoExampleIsRecordedToo() throws Exception {
        RejectedEvent event = new RejectedEvent("x.csv, line 7", "b", "R", "d");
        process(new JudgeEvent.Rejected(6, event));
        process(new JudgeEvent.Unlabelled());
        process(new JudgeEvent.Unlabelled());
        process(new JudgeEvent.Ended(9));
        finish();

        var recorded = OutcomeFile.read(file, TestBacktests.pipelines("a", "b"), settings());
        assertThat(recorded.rejected()).containsExactly(event);
        assertThat(recorded.unlabelled()).isEqualTo(2);
        assertThat(recorded.events()).isEqualTo(9);
        assertThat(OutcomeFile.progress(file)).isEqualTo(new Progress(9, 0, 1));
    }

    @Test
    void aSecondIsTheLongestThatARowIsNotSeen() throws Exception {
        for (int i = 0; i < 3; i++) {
            join(i, 1, true, false);
            predict(0, new float[] {1}, 0.1f);
            judge.setProcessingTime((i + 1) * 1_000L);

            assertThat(OutcomeFile.progress(file).examples()).isEqualTo(i + 1);
            assertThat(recorded().size()).isEqualTo(i + 1);
        }
    }

    @Test
    void aCancelledJudgeLeavesWhatItHas() throws Exception {
        join(0, 1, true, false);
        predict(0, new float[] {1}, 0.1f);
        judge.getOneInputOperator().close();

        assertThat(recorded().size()).isEqualTo(1);
        assertThat(OutcomeFile.progress(file).examples()).isEqualTo(1);
    }

    @Test
    void predictionsOfOtherExamplesAreAnError() throws Exception {
        join(0, 1, true, true);
        predict(0, new float[] {1}, 0.1f);

        assertThatThrownBy(() -> predict(1, new float[] {0}, 0.3f))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("pipeline b learned from label 0.0")
                .hasMessageContaining("the joined stream has 1.0");
    }

    @Test
    void anEndWithoutAllPredictionsIsAnError() throws Exception {
        join(0, 1, true, true);
        predict(0, new float[] {1}, 0.1f);

        assertThatThrownBy(this::finish)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 examples");
    }

    @Test
    void anEndWithPredictionsOfNothingIsAnError() throws Exception {
        predict(0, new float[] {1}, 0.1f);

        assertThatThrownBy(this::finish).isInstanceOf(IllegalStateException.class);
    }

    private void reopen(Judge other) throws Exception {
        close();
        Files.delete(file);
        judge = new OneInputStreamOperatorTestHarness<>(other);
        judge.open();
    }

    private void join(long number, float label, boolean... present) throws Exception {
        process(new JudgeEvent.Joined(number, 7, 8, 1_000 + number, label, 1, List.of(), present));
    }

    /** Of the second sync it says one more. */
    private void predict(int pipeline, float[] labels, float... predictions) throws Exception {
        float[] later = predictions.clone();
        for (int i = 0; i < later.length; i++) {
            later[i] = predictions[i] + 1;
        }
        process(
                new JudgeEvent.Predicted(
                        pipeline,
                        new BatchOutcome(
                                labels,
                                new float[][] {predictions, later},
                                new float[labels.length],
                                0)));
    }

    private void process(JudgeEvent event) throws Exception {
        judge.processElement(new StreamRecord<>(event));
    }

    private void finish() throws Exception {
        judge.getOneInputOperator().finish();
    }

    private void assertRows(int rows) throws Exception {
        judge.setProcessingTime(judge.getProcessingTime() + 1_000);
        assertThat(recorded().size()).isEqualTo(rows);
    }

    private Outcomes recorded() throws IOException {
        return OutcomeFile.read(file, TestBacktests.pipelines("a", "b"), settings()).outcomes();
    }

    private BacktestSettings settings() {
        return TestBacktests.settings(file);
    }
}
