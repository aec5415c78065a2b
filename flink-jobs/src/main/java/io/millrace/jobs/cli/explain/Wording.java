package io.millrace.jobs.cli.explain;

import io.millrace.model.architecture.Dlrm;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.explain.Explanation.Evidence;
import io.millrace.model.explain.PairStrengths.Pair;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** An explanation in sentences, as plain text. */
public final class Wording {

    private static final String OF_WEIGHTS =
            ". A strength says how much a pair can move the score, not in which direction, and only"
                    + " by its weights: the numbers that they multiply are not in it.";

    private static final double NEVER_PLAIN_BELOW = 1e-3;
    private static final double NEVER_PLAIN_ABOVE = 1e6;

    /** Below it, a median says nothing. */
    private static final int FEW_PAIRS = 3;

    /** Of two strengths, where the smaller is less than so many times in the larger. */
    private static final double NEARLY_ALIKE = 1.25;

    private final Explained explained;
    private final List<Pair> crosses;
    private final int digits;

    public Wording(Explained explained) {
        this.explained = explained;
        crosses = explained.pairs().crosses();
        digits = Digits.telling(explained.pairs());
    }

    /** The strongest pair, if there is one. */
    public String headline() {
        if (crosses.isEmpty()) {
            return "There is only one feature, so there is no pair.";
        }
        Pair strongest = crosses.get(0);
        if (hasMedian() && strongest.strength() < NEARLY_ALIKE * median()) {
            double weakest = crosses.get(crosses.size() - 1).strength();
            return median() < NEARLY_ALIKE * weakest
                    ? String.format(
                            Locale.ROOT,
                            "All pairs are nearly alike: from %s to %s.",
                            number(weakest, digits),
                            number(strongest.strength(), digits))
                    : String.format(
                            Locale.ROOT,
                            "No pair stands out: the strongest has %s, the median pair %s.",
                            number(strongest.strength(), digits),
                            number(median(), digits));
        }
        return String.format(
                Locale.ROOT,
                "The strongest cross is %s: %s%s.",
                name(strongest),
                strength(strongest),
                beside(strongest));
    }

    /** The strongest pairs of two features, each in a sentence. */
    public List<String> strongest(int most) {
        return crosses.stream()
                .limit(most)
                .map(p -> String.format(Locale.ROOT, "%s: %s%s", name(p), strength(p), beside(p)))
                .toList();
    }

    /** Of made-up examples, that they are; empty otherwise. */
    String caution() {
        if (!(explained.explanation().evidence() instanceof Evidence.DrawnRows drawn)) {
            return "";
        }
        List<String> parts = new ArrayList<>(List.of("Of made-up examples"));
        if (!drawn.leftOut().isEmpty()) {
            parts.add(
                    String.join(", ", drawn.leftOut())
                            + (drawn.leftOut().size() == 1 ? " is" : " are")
                            + " left out");
        }
        parts.add("--input names real ones.");
        return String.join("; ", parts);
    }

    String strength(Pair pair) {
        return number(pair.strength(), digits + 1);
    }

    /** So many of something whose plural ends in s. */
    public static String count(long count, String one) {
        return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : one + "s");
    }

    static String name(Pair pair) {
        return pair.isSelf() ? pair.first() + " with itself" : pair.first() + " × " + pair.second();
    }

    /** How it compares with the median pair; empty where that says nothing. */
    private String beside(Pair pair) {
        return hasMedian()
                ? String.format(Locale.ROOT, ", %s times the median pair", times(pair))
                : "";
    }

    /** The same in fewer words. */
    String besideShortly(Pair pair) {
        return hasMedian() ? String.format(Locale.ROOT, ", %s × the median", times(pair)) : "";
    }

    private boolean hasMedian() {
        return crosses.size() >= FEW_PAIRS && median() > 0;
    }

    private String times(Pair pair) {
        return number(pair.strength() / median(), digits);
    }

    private double median() {
        int middle = crosses.size() / 2;
        double upper = crosses.get(middle).strength();
        return crosses.size() % 2 == 1 ? upper : (upper + crosses.get(middle - 1).strength()) / 2;
    }

    /** What a strength is, in a few words. */
    String unit() {
        return switch (explained.explanation().measure()) {
            case CROSS_WEIGHTS ->
                    explained.perWeight()
                            ? "root mean square of the cross weights"
                            : "Frobenius norm of the cross weights";
            case GATED_CROSS_WEIGHTS ->
                    explained.perWeight()
                            ? "root mean square of the gated cross weights"
                            : "Frobenius norm of the gated cross weights";
            case INTERACTION -> "mean absolute dot product";
            case ATTENTION -> "mean attention";
        };
    }

    /** What rows and columns are. */
    String axes() {
        return switch (explained.explanation().measure()) {
            case CROSS_WEIGHTS, GATED_CROSS_WEIGHTS ->
                    "Row: the feature that is multiplied. Column: the feature that it is multiplied"
                            + " by.";
            case INTERACTION ->
                    "Row and column: the two features of a pair; both halves are equal.";
            case ATTENTION -> "Row: the feature that looks. Column: the feature that it looks at.";
        };
    }

    /** How the picture is to be read, in paragraphs. */
    List<String> howToRead() {
        List<String> paragraphs = new ArrayList<>();
        paragraphs.add(meaning());
        paragraphs.add(
                "In words and in the table, a pair's strength is the mean of its two cells"
                        + (explained.pairs().layers().size() > 1 ? " and of all layers" : "")
                        + ".");
        boolean ofWeights = explained.explanation().measure().isOfCrossWeights();
        if (ofWeights && explained.pairs().layers().size() > 1) {
            paragraphs.add(
                    "From the second layer on, a column stands for what the layers before it made"
                            + " of that feature.");
        }
        if (ofWeights && !explained.perWeight() && widthsDiffer()) {
            paragraphs.add(
                    "The features have different dimensions, and a norm grows with the number of"
                            + " weights: larger features look stronger. With --per-weight a norm"
                            + " is divided by the square root of the number of its weights.");
        }
        return paragraphs;
    }

    private String meaning() {
        return switch (explained.explanation().measure()) {
            case CROSS_WEIGHTS ->
                    "A cross layer multiplies the numbers of each feature by weighted sums of the"
                            + " numbers of all features. A cell is the size of the weights with"
                            + " which the column's feature enters what the row's feature is"
                            + " multiplied by: "
                            + norm()
                            + OF_WEIGHTS;
            case GATED_CROSS_WEIGHTS ->
                    "A gated cross layer multiplies the numbers of each feature by weighted sums of"
                            + " the numbers of all features, and lets of each product through what"
                            + " its information gate says, from 0 to 1. A cell is the size of the"
                            + " weights with which the column's feature enters what the row's"
                            + " feature is multiplied by, each times the mean of its gate: "
                            + norm()
                            + OF_WEIGHTS;
            case INTERACTION ->
                    "The network takes the dot product of each two features' vectors. A cell is the"
                            + " mean of its absolute value: 0 for features whose vectors are always"
                            + " at right angles, and larger for features with larger embeddings. "
                            + ofProducts();
            case ATTENTION ->
                    "Each feature looks at all features and shares out an attention of 1 among"
                            + " them. A cell is the mean of what the row's feature gives to the"
                            + " column's, over examples and heads. A feature that looked at all"
                            + " alike would give "
                            + number(1.0 / explained.pairs().names().size(), digits + 1)
                            + " to each. A strength says where the network looks, not what it makes"
                            + " of it.";
        };
    }

    private String ofProducts() {
        return explained.spec().architecture() instanceof Dlrm
                ? "The top network weighs the products, so a large one need not move the score much."
                : "The products are summed up in the score: a strength says how much a pair moves"
                        + " it, not in which direction.";
    }

    private String norm() {
        return explained.perWeight()
                ? "the root of their mean square"
                : "the root of the sum of their squares (Frobenius norm)";
    }

    private boolean widthsDiffer() {
        InputShape input = explained.spec().inputShape();
        return Stream.concat(
                                input.fields().stream().map(InputShape.Field::dimension),
                                input.numbers().stream().map(InputShape.Numbers::width))
                        .filter(width -> width > 0)
                        .distinct()
                        .count()
                > 1;
    }

    /** What it was computed of. */
    public String evidence() {
        Evidence evidence = explained.explanation().evidence();
        if (evidence instanceof Evidence.Examples examples) {
            Explained.Input input = explained.input();
            return input == null
                    ? count(examples.count(), "real example")
                    : examples.count() == input.events()
                            ? String.format(
                                    Locale.ROOT,
                                    "all %s of %s",
                                    count(examples.count(), "example"),
                                    input.name())
                            : String.format(
                                    Locale.ROOT,
                                    "%s, drawn at random from the %,d of %s",
                                    count(examples.count(), "real example"),
                                    input.events(),
                                    input.name());
        }
        if (evidence instanceof Evidence.DrawnRows drawn) {
            return drawnRows(drawn);
        }
        return "the version's weights alone; they say it without examples";
    }

    private static String drawnRows(Evidence.DrawnRows drawn) {
        String text =
                String.format(
                        Locale.ROOT,
                        "%,d made-up examples, not real ones: for each feature one of the version's values,"
                                + " the likelier the more it was learned from, and drawn"
                                + " independently of the other features. Which values really come"
                                + " together is not known; --input names real examples",
                        drawn.count());
        return drawn.leftOut().isEmpty()
                ? text
                : text
                        + ". Left out, for a version does not hold their values: "
                        + String.join(", ", drawn.leftOut());
    }

    /** Why some features are not drawn; empty when all are. */
    String leftOut() {
        int drawn = explained.drawn().names().size();
        int missing = explained.pairs().names().size() - drawn;
        return missing == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "Drawn are the %,d features with the strongest pairs; %,d more %s in the JSON.",
                        drawn,
                        missing,
                        missing == 1 ? "is" : "are");
    }

    /** A number with three digits that count. */
    public static String number(double value) {
        return number(value, 3);
    }

    static String number(double value, int digits) {
        double size = Math.abs(value);
        if (size == 0) {
            return "0";
        }
        if (size < NEVER_PLAIN_BELOW || size >= NEVER_PLAIN_ABOVE) {
            return String.format(Locale.ROOT, "%." + (digits - 1) + "e", value);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits));
        int whole = rounded.precision() - rounded.scale();
        return rounded.setScale(Math.max(0, digits - whole)).toPlainString();
    }
}
