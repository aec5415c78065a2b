package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.jobs.TestModels;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.jobs.version.VersionPiece.Metrics;
import io.millrace.jobs.wire.EventTypes;
import io.millrace.model.loss.ExampleWeighting;
import io.millrace.schemas.PrequentialMetrics;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class PrequentialTest {

    private static final int EVERY = 10;

    @Test
    void usageExample() throws Exception {
        try (var prequential = opened(null)) {
            prequential.processElement(outcomes(5_000, 10, 1));
            prequential.processElement(outcomes(4_000, 10, 3));

            List<PrequentialMetrics> reports = prequential.extractOutputValues();
            assertThat(reports)
                    .extracting(PrequentialMetrics::getExamples)
                    .containsExactly(10L, 20L);
            PrequentialMetrics last = reports.get(1);
            assertThat(last.getModel()).isEqualTo("test");
            assertThat(last.getEventTime()).isEqualTo(5_000);
            assertThat(last.getWindow().get("mae")).isEqualTo(3, within(1e-9));
            assertThat(last.getTotal().get("mae")).isEqualTo(2, within(1e-9));
            assertThat(last.getTotal().get("rmse")).isEqualTo(Math.sqrt(5), within(1e-9));
        }
    }

    @Test
    void reportsComeAtExactlyEverySoManyExamplesWhateverTheBatches() throws Exception {
        try (var prequential = opened(null)) {
            prequential.processElement(outcomes(1, 9, 1));
            assertThat(prequential.extractOutputValues()).isEmpty();
            prequential.processElement(outcomes(2, 1, 1));
            prequential.processElement(outcomes(3, 25, 1));

            assertThat(prequential.extractOutputValues())
                    .extracting(PrequentialMetrics::getExamples)
                    .containsExactly(10L, 20L, 30L);
        }
    }

    @Test
    void aBarrierIsPrecededByTheMetricsAtTheCut() throws Exception {
        try (var prequential = opened(null)) {
            prequential.processElement(outcomes(1, 7, 2));
            prequential.prepareSnapshotPreBarrier(1);

            Metrics atCut = (Metrics) pieces(prequential).get(0);
            assertThat(atCut.examples()).isEqualTo(7);
            assertThat(atCut.values().get("mae")).isEqualTo(2, within(1e-9));
        }
    }

    @Test
    void sumsGoOnAfterARestore() throws Exception {
        OperatorSubtaskState snapshot;
        try (var prequential = opened(null)) {
            prequential.processElement(outcomes(9_000, 13, 1));
            snapshot = prequential.snapshot(1, 0);
            // After the cut, hence replayed.
            prequential.processElement(outcomes(9_001, 100, 100));
        }
        try (var restored = opened(snapshot)) {
            restored.processElement(outcomes(8_000, 7, 4));

            PrequentialMetrics report = restored.extractOutputValues().get(0);
            assertThat(report.getExamples()).isEqualTo(20);
            assertThat(report.getEventTime()).isEqualTo(9_000);
            assertThat(report.getTotal().get("mae")).isEqualTo((13 + 28) / 20.0, within(1e-9));
            assertThat(report.getWindow().get("mae")).isEqualTo((3 + 28) / 10.0, within(1e-9));
        }
    }

    @Test
    void theEndOfTheInputReportsTheRest() throws Exception {
        try (var prequential = opened(null)) {
            prequential.processElement(outcomes(1, 13, 1));
            prequential.getOperator().finish();

            assertThat(prequential.extractOutputValues())
                    .extracting(PrequentialMetrics::getExamples)
                    .containsExactly(10L, 13L);
            assertThat(pieces(prequential)).singleElement().extracting("examples").isEqualTo(13L);

            prequential.prepareSnapshotPreBarrier(1);
            assertThat(pieces(prequential)).hasSize(1);
        }
    }

    @Test
    void theEndOfTheInputReportsNothingTwice() throws Exception {
        try (var prequential = opened(null)) {
            prequential.processElement(outcomes(1, 10, 1));
            prequential.getOperator().finish();

            assertThat(prequential.extractOutputValues()).hasSize(1);
        }
    }

    /** Ratings of 3 that were all predicted {@code error} too high. */
    private static StreamRecord<BatchOutcome> outcomes(long time, int count, float error) {
        return new StreamRecord<>(
                new BatchOutcome(
                        filled(count, 3),
                        new float[][] {filled(count, 3 + error)},
                        filled(count, 1),
                        time));
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    private static List<VersionPiece> pieces(OneInputStreamOperatorTestHarness<?, ?> harness) {
        Queue<StreamRecord<VersionPiece>> records = harness.getSideOutput(Prequential.PIECES);
        return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
    }

    private static OneInputStreamOperatorTestHarness<BatchOutcome, PrequentialMetrics> opened(
            OperatorSubtaskState state) throws Exception {
        var harness =
                new OneInputStreamOperatorTestHarness<>(
                        new Prequential(TestModels.ratings(), ExampleWeighting.NONE, EVERY));
        harness.setup(EventTypes.METRICS.createSerializer(new SerializerConfigImpl()));
        if (state == null) {
            harness.initializeEmptyState();
        } else {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }
}
