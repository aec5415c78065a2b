package io.millrace.jobs.cli.demo;

import io.millrace.jobs.config.PipelineConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a demo is to do.
 *
 * @param config the pipeline; its directories are replaced
 * @param duration how long the world lives, in real time
 * @param seed of the world and of all that is drawn in it
 * @param rate impressions a second
 * @param requestRate score requests a second
 * @param candidates of a request
 * @param keep where versions and checkpoints are left behind; null to leave nothing
 */
public record DemoSettings(
        PipelineConfig config,
        Duration duration,
        long seed,
        double rate,
        int requestRate,
        int candidates,
        @Nullable Path keep) {

    /** How much faster than ours the world's time is, so that its delays fit into a minute. */
    static final int SPEED = 10;
}
