package io.millrace.jobs.cli;

import io.millrace.jobs.train.StartVersion;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.model.ModelSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.VersionException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A version of the first pipeline's model, with which a backtest begins.
 *
 * @param manifest names the offsets where the data begins
 * @param spec of its model
 * @param weights where its weights are
 */
record BacktestStart(Manifest manifest, ModelSpec spec, StartVersion weights) {

    /** Looks the version up where the pipeline publishes. */
    static BacktestStart of(BacktestEntrant first, long version) throws IOException {
        Manifest manifest = manifest("--from-version", first, version);
        try {
            return new BacktestStart(
                    manifest,
                    manifest.modelSpec(),
                    new StartVersion(
                            VersionDirectory.of(first.config().versions().directory()),
                            manifest.model(),
                            version));
        } catch (VersionException unusable) {
            throw new UsageException("--from-version " + version + ": " + unusable.getMessage());
        }
    }

    /** The manifest of a version of a pipeline's model. */
    static Manifest manifest(String option, BacktestEntrant entrant, long version)
            throws IOException {
        Versions versions = Versions.of(entrant.config());
        try {
            return versions.catalog().manifest(versions.existing(version));
        } catch (FailedException | VersionException absent) {
            throw new UsageException(
                    "%s %d: %s in %s"
                            .formatted(
                                    option,
                                    version,
                                    absent.getMessage(),
                                    entrant.config().versions().directory()));
        }
    }

    /** The weights for a pipeline; null when its rows are others, so that it starts cold. */
    @Nullable StartVersion weightsFor(BacktestEntrant entrant) {
        ModelSpec other = entrant.config().model();
        return other.features().equals(spec.features())
                        && other.architecture().equals(spec.architecture())
                        && other.seed() == spec.seed()
                        && negativeSampling(other) == negativeSampling(spec)
                ? weights
                : null;
    }

    private static double negativeSampling(ModelSpec model) {
        return model.objective() instanceof Objective.Click click ? click.negativeSampling() : 1;
    }

    /** How a pipeline begins, in words. */
    static String words(@Nullable BacktestStart start, BacktestEntrant entrant) {
        if (start == null) {
            return "empty parameters";
        }
        String version = "version " + start.manifest.version() + " of " + start.manifest.model();
        return start.weightsFor(entrant) == null
                ? "empty parameters: its features, architecture, seed or negative-sampling are"
                        + " others than those of "
                        + version
                : "the weights of " + version + "; its optimizers begin anew";
    }
}
