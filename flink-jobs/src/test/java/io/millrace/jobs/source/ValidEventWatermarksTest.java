package io.millrace.jobs.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class ValidEventWatermarksTest {

    private static final Origin ORIGIN = new Origin("clicks", 0, 0, 0);

    private final ValidEventWatermarks<String> watermarks =
            new ValidEventWatermarks<>(Duration.ofMillis(100));
    private final Emitted emitted = new Emitted();

    @Test
    void theWatermarkFollowsEvents() {
        watermarks.onEvent(new Sourced.Event<>(ORIGIN, 5_000, "a"), 5_000, emitted);
        watermarks.onPeriodicEmit(emitted);

        assertThat(emitted.times).containsExactly(5_000L - 100 - 1);
    }

    @Test
    void aDeadLetterMovesNothing() {
        watermarks.onEvent(new Sourced.Event<>(ORIGIN, 5_000, "a"), 5_000, emitted);
        watermarks.onEvent(
                new Sourced.Rejected<>(
                        ORIGIN, DeadLetters.of(ORIGIN, new byte[0], "INVALID_TIME", "far", 0)),
                9_000_000,
                emitted);
        watermarks.onPeriodicEmit(emitted);

        assertThat(emitted.times).containsExactly(5_000L - 100 - 1);
    }

    private static final class Emitted implements WatermarkOutput {
        private final List<Long> times = new ArrayList<>();

        @Override
        public void emitWatermark(Watermark watermark) {
            times.add(watermark.getTimestamp());
        }

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    }
}
