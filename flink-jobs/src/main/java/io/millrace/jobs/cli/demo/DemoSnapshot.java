package io.millrace.jobs.cli.demo;

import io.millrace.jobs.cli.measure.Quantiles;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A moment of a demo.
 *
 * @param elapsed since the world began
 * @param duration of the world
 * @param events written to Kafka
 * @param eventRate events a second, lately
 * @param examples labelled, predicted and learned from
 * @param total prequential metrics over all examples, by name
 * @param window prequential metrics since the last report
 * @param oracle the same metrics of the true probabilities
 * @param windowAucs of every report so far
 * @param versions published
 * @param serving the version of the newest score
 * @param servingAge since that version was published
 * @param scores answered requests with scores
 * @param scoreRate scores a second, lately
 * @param latency from request to score
 * @param freshness from a click's arrival to a score by a version that contains it
 * @param memoryMebibytes most memory that the process has held
 */
public record DemoSnapshot(
        Duration elapsed,
        Duration duration,
        long events,
        double eventRate,
        long examples,
        Map<String, Double> total,
        Map<String, Double> window,
        Map<String, Double> oracle,
        List<Double> windowAucs,
        long versions,
        @Nullable Long serving,
        Duration servingAge,
        long scores,
        double scoreRate,
        Quantiles latency,
        Quantiles freshness,
        OptionalLong memoryMebibytes) {}
