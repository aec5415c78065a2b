package io.millrace.jobs.source;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.BoundedOutOfOrdernessWatermarks;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/** Watermarks by bounded out-of-orderness of valid events; a dead letter's time moves nothing. */
final class ValidEventWatermarks<T> implements WatermarkGenerator<Sourced<T>> {

    private final BoundedOutOfOrdernessWatermarks<Sourced<T>> watermarks;

    ValidEventWatermarks(Duration outOfOrderness) {
        watermarks = new BoundedOutOfOrdernessWatermarks<>(outOfOrderness);
    }

    @Override
    public void onEvent(Sourced<T> sourced, long time, WatermarkOutput output) {
        if (sourced instanceof Sourced.Event) {
            watermarks.onEvent(sourced, time, output);
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        watermarks.onPeriodicEmit(output);
    }
}
