package io.millrace.jobs.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.source.Origin;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.example.Example;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class LateRecordsTest {

    private static final Received RECEIVED =
            new Received(new Origin("impressions", 1, 2, 3), new byte[] {4});

    @Test
    void keepsTheRecordsOfWhatMayBeTooLate() throws Exception {
        try (var records = harness()) {
            records.open();
            records.setProcessingTime(10_499);
            send(records, 10_000);
            records.setProcessingTime(10_500);
            send(records, 10_000);
            send(records, 10_001);

            assertThat(received(records)).containsExactly(false, true, false);
        }
    }

    /** The join has gone on with the watermarks of others meanwhile, and sets this one aside. */
    @Test
    void theRecordOfAnImpressionBehindAnIdleSourceIsKept() throws Exception {
        try (var records = harness();
                LabelJoinHarness join = LabelJoinHarness.open(LabelJoinHarness.WAIT)) {
            records.open();
            records.setProcessingTime(20_000);
            records.processWatermark(new Watermark(2_000));
            records.processWatermarkStatus(WatermarkStatus.IDLE);
            join.watermark(19_999);

            records.processWatermarkStatus(WatermarkStatus.ACTIVE);
            send(records, 10_000);
            var kept = (LabelEvent.Impressed<Example>) records.extractOutputValues().get(0);
            join.impress("a", 10_000, kept.received());

            assertThat(join.deadLetters())
                    .singleElement()
                    .satisfies(
                            letter -> {
                                assertThat(letter.getReason()).isEqualTo("LATE_IMPRESSION");
                                assertThat(letter.getOffset()).isEqualTo(2);
                                assertThat(letter.getPayload().array()).containsExactly(4);
                            });
        }
    }

    private static void send(
            OneInputStreamOperatorTestHarness<LabelEvent<Example>, LabelEvent<Example>> records,
            long time)
            throws Exception {
        Example example = new Example(new long[] {1}, new int[] {1}, new float[0], 0, 1, time);
        records.processElement(
                new StreamRecord<>(new LabelEvent.Impressed<>("a", example, RECEIVED), time));
    }

    private static List<Boolean> received(
            OneInputStreamOperatorTestHarness<LabelEvent<Example>, LabelEvent<Example>> records) {
        return records.extractOutputValues().stream()
                .map(event -> ((LabelEvent.Impressed<Example>) event).received() != null)
                .toList();
    }

    private static OneInputStreamOperatorTestHarness<LabelEvent<Example>, LabelEvent<Example>>
            harness() throws Exception {
        var harness =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(
                                new LateRecords<Example>(
                                        Duration.ofSeconds(1), Duration.ofMillis(500))));
        harness.setup(
                LabelEventSerializer.type(new ExampleSerializer())
                        .createSerializer(new SerializerConfigImpl()));
        return harness;
    }
}
