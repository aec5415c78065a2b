package io.millrace.jobs.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.train.Sync;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.example.Example;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class PickExampleTest {

    private static final Example A = example(1);
    private static final Example B = example(2);

    @Test
    void usageExample() throws Exception {
        try (var pick = harness(1, new Sync.AtOnce())) {
            pick.open();
            pick.processElement(new StreamRecord<>(joined(A, B).labelled(1, 0.5f)));
            pick.processElement(new StreamRecord<>(joined(A, null)));
            pick.processElement(new StreamRecord<>(joined(null, A)));

            assertThat(pick.extractOutputValues())
                    .extracting(example -> example.keys()[0])
                    .containsExactly(2L, 1L);
            assertThat(pick.extractOutputValues().get(0).label()).isEqualTo(1);
            assertThat(pick.extractOutputValues().get(0).weight()).isEqualTo(0.5f);
        }
    }

    @Test
    void onlyWatermarksThatPassASyncGoOn() throws Exception {
        List<Long> sent =
                watermarks(
                        List.of(
                                new Sync.AtOnce(),
                                new Sync.Every(Duration.ofMillis(10)),
                                new Sync.Once(25)),
                        3,
                        4,
                        9,
                        10,
                        11,
                        24,
                        25,
                        26,
                        29,
                        50,
                        51);

        assertThat(sent).containsExactly(3L, 9L, 24L, 29L, 50L, 51L, Long.MAX_VALUE);
    }

    @Test
    void theFirstAndTheLastGoOnInAnyCase() throws Exception {
        assertThat(watermarks(List.of(new Sync.AtOnce()), 3, 4, 9))
                .containsExactly(3L, 9L, Long.MAX_VALUE);
        assertThat(watermarks(List.of(new Sync.AtOnce()), 3)).containsExactly(3L, Long.MAX_VALUE);
        assertThat(watermarks(List.of(new Sync.AtOnce()))).containsExactly(Long.MAX_VALUE);
    }

    private static List<Long> watermarks(List<Sync> syncs, long... times) throws Exception {
        try (var pick = harness(0, syncs.toArray(new Sync[0]))) {
            pick.open();
            for (long time : times) {
                pick.processWatermark(new Watermark(time));
            }
            pick.processWatermark(Watermark.MAX_WATERMARK);
            List<Long> sent = new ArrayList<>();
            for (Object element : pick.getOutput()) {
                sent.add(((Watermark) element).getTimestamp());
            }
            return sent;
        }
    }

    private static OneInputStreamOperatorTestHarness<BacktestExample, Example> harness(
            int pipeline, Sync... syncs) throws Exception {
        var harness =
                new OneInputStreamOperatorTestHarness<>(new PickExample(pipeline, List.of(syncs)));
        harness.setup(ExampleSerializer.TYPE.createSerializer(new SerializerConfigImpl()));
        return harness;
    }

    private static BacktestExample joined(Example... examples) {
        return new BacktestExample(0, 0, 0, List.of(), examples, 0, 1, 17, List.of());
    }

    private static Example example(long key) {
        return new Example(new long[] {key}, new int[] {1}, new float[0], 0, 1, 17);
    }
}
