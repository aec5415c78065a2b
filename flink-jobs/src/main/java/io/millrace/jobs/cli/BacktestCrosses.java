package io.millrace.jobs.cli;

import io.millrace.jobs.cli.explain.ExampleSample;
import io.millrace.jobs.cli.explain.Explained;
import io.millrace.jobs.history.History;
import io.millrace.model.explain.Explainer;
import io.millrace.model.explain.NothingToDrawException;
import io.millrace.model.version.VersionChain;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the last version of a pipeline has learned about pairs of features.
 *
 * @param explained null when there is nothing to draw
 * @param reason why not; empty when there is
 */
record BacktestCrosses(@Nullable Explained explained, String reason) {

    private static final int SAMPLE = 10_000;

    static BacktestCrosses none(String reason) {
        return new BacktestCrosses(null, reason);
    }

    /**
     * @param source names the history
     */
    static BacktestCrosses of(
            Versions versions, long version, History history, String source, String command)
            throws IOException {
        VersionChain chain = versions.catalog().chain(version);
        try {
            Explainer explainer = new Explainer(versions.storage(), chain);
            ExampleSample sample = new ExampleSample(explainer.spec(), SAMPLE);
            boolean usesExamples = explainer.measure().usesExamples();
            if (usesExamples && !explainer.spec().stream().isEmpty()) {
                return none(
                        "What this network does with a pair depends on the example, and stream"
                                + " features and profiles are not computed for this drawing.");
            }
            if (usesExamples) {
                sample.read(history);
            }
            return new BacktestCrosses(
                    new Explained(
                            chain.manifest(),
                            explainer.spec(),
                            explainer.explain(sample.examples(), false),
                            false,
                            usesExamples ? new Explained.Input(source, sample.events()) : null,
                            command),
                    "");
        } catch (NothingToDrawException nothing) {
            return none(sentence(String.valueOf(nothing.getMessage())));
        }
    }

    private static String sentence(String text) {
        return text.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + text.substring(1) + ".";
    }
}
