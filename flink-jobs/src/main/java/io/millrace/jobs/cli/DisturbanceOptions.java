package io.millrace.jobs.cli;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.simulate.Disturbance;
import io.millrace.jobs.simulate.LateClicks;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How unreliably simulated events are delivered. None of it changes what happens. */
final class DisturbanceOptions {

    @Option(
            names = "--duplicates",
            paramLabel = "SHARE",
            defaultValue = "0",
            description =
                    "Probability that an event is sent a second time, up to --disorder-by after it"
                            + " happened (default: ${DEFAULT-VALUE}).")
    private double duplicates;

    @Option(
            names = "--disorder",
            paramLabel = "SHARE",
            defaultValue = "0",
            description =
                    "Probability that an event is sent later than it happened, by a time that is"
                            + " uniform up to --disorder-by (default: ${DEFAULT-VALUE}).")
    private double disorder;

    @Option(
            names = "--disorder-by",
            paramLabel = "TIME",
            description =
                    "The longest that an event or its repeat is sent after it happened (default:"
                            + " the pipeline's events.out-of-orderness, which it tolerates).")
    private @Nullable Duration disorderBy;

    @Option(
            names = "--late-clicks",
            paramLabel = "SHARE",
            defaultValue = "0",
            description =
                    "Probability that a click happens after the pipeline's"
                            + " labels.attribution-window, at a time that is uniform until its"
                            + " late-window; where that is no longer, until twice the attribution"
                            + " window (default: ${DEFAULT-VALUE}).")
    private double lateClicks;

    void check(PipelineConfig config) {
        checkShare("--duplicates", duplicates);
        checkShare("--disorder", disorder);
        checkShare("--late-clicks", lateClicks);
        if (disorderBy != null && duplicates == 0 && disorder == 0) {
            throw new UsageException(
                    "--disorder-by says how late events and repeats come: name --disorder or"
                            + " --duplicates, too");
        }
        if (by(config).isZero() && (duplicates > 0 || disorder > 0)) {
            throw new UsageException(
                    "the pipeline's events.out-of-orderness is 0, so say with --disorder-by how late"
                            + " events and repeats come");
        }
    }

    Disturbance disturbance(PipelineConfig config) {
        return duplicates == 0 && disorder == 0
                ? Disturbance.NONE
                : new Disturbance(duplicates, disorder, by(config));
    }

    LateClicks lateClicks(PipelineConfig.Labels labels) {
        Duration window = labels.attributionWindow();
        boolean canBeLate = labels.lateWindow().compareTo(window) > 0;
        return new LateClicks(
                lateClicks, window, canBeLate ? labels.lateWindow() : window.multipliedBy(2));
    }

    private Duration by(PipelineConfig config) {
        return disorderBy == null ? config.events().outOfOrderness() : disorderBy;
    }

    private static void checkShare(String option, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new UsageException(
                    option + " must be a share from 0 to 1, such as 0.05, not " + share);
        }
    }
}
