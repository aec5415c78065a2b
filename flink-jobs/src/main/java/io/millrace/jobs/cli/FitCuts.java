package io.millrace.jobs.cli;

import io.millrace.model.example.Example;
import io.millrace.model.fit.Criterion;
import io.millrace.model.fit.Split;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the examples of each model are cut into parts.
 *
 * @param heldOut cuts off the part held out
 * @param seed of random cuts
 * @param validate share of the rest to judge by instead; null to judge by the part held out
 * @param patience of early stopping, for which a part is cut off too; 0 without it
 */
record FitCuts(Split heldOut, long seed, @Nullable Double validate, int patience) {

    /** Share of the training part that tells when to stop early. */
    private static final double STOPPING_SHARE = 0.1;

    FitCuts {
        if (validate != null) {
            double rest = 1 - validate;
            if (!(rest > 0 && rest < 1)) {
                throw new UsageException(
                        "--validate must be above 0 and below 1, found " + validate);
            }
        }
    }

    /**
     * Cuts them.
     *
     * @throws UsageException when there are too few for a cut, or early stopping cannot go by them
     */
    Parts of(List<Example> examples, Criterion criterion) {
        Split.Parts first = cut("--split " + heldOut, heldOut, examples);
        List<Example> learned = first.learned();
        List<Example> judgedBy = first.held();
        int leftAlone = 0;
        if (validate != null) {
            Split.Parts second =
                    cut("--validate " + plain(validate), heldOut.withShare(1 - validate), learned);
            leftAlone = judgedBy.size();
            learned = second.learned();
            judgedBy = second.held();
        }
        if (patience == 0) {
            return new Parts(learned, List.of(), judgedBy, leftAlone);
        }
        String option = "--early-stopping " + patience;
        Split.Parts third =
                cut(
                        option + " keeps a tenth to stop by",
                        heldOut.withShare(1 - STOPPING_SHARE),
                        learned);
        if (!criterion.isDefinedOver(third.held())) {
            throw new UsageException(
                    ("%s: %s has no value over the %s to stop by, which all have one label; use"
                                    + " another --metric, or more examples")
                            .formatted(
                                    option,
                                    criterion.metric(),
                                    FitReport.counted(third.held().size(), "example")));
        }
        return new Parts(third.learned(), third.held(), judgedBy, leftAlone);
    }

    private Split.Parts cut(String option, Split split, List<Example> examples) {
        if (!split.cuts(examples.size())) {
            throw new UsageException(
                    "%s: %s cannot be cut in two at that share; there must be more of them"
                            .formatted(option, FitReport.counted(examples.size(), "example")));
        }
        return split.of(examples, seed);
    }

    /** The number without an exponent. */
    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /**
     * The examples of one model.
     *
     * @param learned from
     * @param stopping those that tell when to stop; none without early stopping
     * @param judgedBy the part held out, or with validation the one to validate by
     * @param leftAlone number of examples that are held out of a validation; 0 without one
     */
    record Parts(
            List<Example> learned, List<Example> stopping, List<Example> judgedBy, int leftAlone) {}
}
