package io.millrace.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.millrace.model.example.Example;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class FillInTest {

    @Test
    void examplesAndWatermarksKeepTheirPlaces() throws Exception {
        try (var fillIn = open()) {
            fillIn.processElement1(lacking(1, 0, 1), 10);
            fillIn.processWatermark1(new Watermark(20));
            fillIn.processElement1(lacking(2, 1, 1), 30);
            fillIn.processWatermark1(new Watermark(40));
            assertThat(output(fillIn)).isEmpty();

            fillIn.processElement2(filled(2, 1, 1), 30);
            fillIn.processWatermark2(new Watermark(35));
            assertThat(output(fillIn)).isEmpty();
            fillIn.processElement2(filled(1, 0, 1), 10);

            assertThat(output(fillIn))
                    .containsExactly("1 label 0.0 [7.0]", "20", "2 label 1.0 [7.0]", "40");
        }
    }

    /** A negative, what takes it back and the correction are three of one event. */
    @Test
    void labelsOfOneEventAreToldApart() throws Exception {
        try (var fillIn = open()) {
            fillIn.processElement2(filled(1, 1, 1), 10);
            fillIn.processElement2(filled(1, 0, -1), 10);
            fillIn.processElement2(filled(1, 0, 1), 10);
            fillIn.processElement1(lacking(1, 0, 1), 10);
            fillIn.processElement1(lacking(1, 0, -1), 10);
            fillIn.processElement1(lacking(1, 1, 1), 10);

            assertThat(fillIn.extractOutputValues())
                    .extracting(BacktestExample::label, BacktestExample::weight)
                    .containsExactly(tuple(0f, 1f), tuple(0f, -1f), tuple(1f, 1f));
        }
    }

    @Test
    void anExampleThatIsNeverFilledInFailsTheBacktest() throws Exception {
        var fillIn = open();
        fillIn.processElement1(lacking(1, 0, 1), 10);

        assertThatThrownBy(fillIn.getOperator()::finish)
                .hasMessageContaining("stream features of 1 examples were not found");
    }

    private static TwoInputStreamOperatorTestHarness<
                    BacktestExample, BacktestExample, BacktestExample>
            open() throws Exception {
        var harness =
                new TwoInputStreamOperatorTestHarness<
                        BacktestExample, BacktestExample, BacktestExample>(new FillIn());
        harness.open();
        return harness;
    }

    private static BacktestExample lacking(long number, float label, float weight) {
        return example(number, label, weight, 0);
    }

    private static BacktestExample filled(long number, float label, float weight) {
        return example(number, label, weight, 7);
    }

    private static BacktestExample example(long number, float label, float weight, float value) {
        Example input =
                new Example(new long[0], new int[0], new float[] {value}, label, weight, 10);
        return new BacktestExample(
                number, 0, 0, List.of(), new Example[] {input}, label, weight, 10, List.of());
    }

    private static List<String> output(
            TwoInputStreamOperatorTestHarness<BacktestExample, BacktestExample, BacktestExample>
                    fillIn) {
        List<String> texts = new ArrayList<>();
        for (Object one : fillIn.getOutput()) {
            if (one instanceof Watermark mark) {
                texts.add(Long.toString(mark.getTimestamp()));
            } else if (one instanceof StreamRecord<?> element) {
                BacktestExample example = (BacktestExample) element.getValue();
                texts.add(
                        example.number()
                                + " label "
                                + example.label()
                                + " ["
                                + example.example(0).numeric()[0]
                                + "]");
            }
        }
        return texts;
    }
}
