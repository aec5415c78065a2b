package io.millrace.model.fit;

import io.millrace.model.example.Example;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * How examples are cut in two: a share of them to learn from, and the others to be judged by. Which
 * example goes where depends on the number of examples, their order and the seed only, not on what
 * a model makes of them (and by time on their times); so all models are judged by the same events.
 *
 * @param order who comes first
 * @param share of the examples that is learned from, above 0 and below 1
 */
public record Split(Order order, double share) {

    private static final String EXPECTED =
            "; expected random:SHARE or time:SHARE with a share above 0 and below 1, such as"
                    + " random:0.8";

    /** Who comes first, and so is learned from. */
    public enum Order {
        /** Examples are shuffled. */
        RANDOM,
        /** Older examples, by event time; those of one time in the order they came. */
        TIME
    }

    public Split {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("the share is " + share + EXPECTED);
        }
    }

    /**
     * Reads {@code random:0.8} or {@code time:0.8}.
     *
     * @throws IllegalArgumentException saying what is wrong and what would do
     */
    public static Split parse(String text) {
        String[] words = text.split(":", -1);
        if (words.length != 2) {
            throw new IllegalArgumentException("found \"" + text + "\"" + EXPECTED);
        }
        Order order =
                switch (words[0]) {
                    case "random" -> Order.RANDOM;
                    case "time" -> Order.TIME;
                    default ->
                            throw new IllegalArgumentException(
                                    "found \"" + words[0] + "\"" + EXPECTED);
                };
        try {
            return new Split(order, Double.parseDouble(words[1]));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the share is \"" + words[1] + "\"" + EXPECTED, e);
        }
    }

    /** The same order with another share. */
    public Split withShare(double newShare) {
        return new Split(order, newShare);
    }

    /** Whether so many examples are enough for two parts. */
    public boolean cuts(int examples) {
        int learned = learned(examples);
        return learned > 0 && learned < examples;
    }

    /**
     * Cuts the examples: the first part has the share of them, to the nearest whole number.
     *
     * @throws IllegalArgumentException when one of the parts would be empty
     */
    public Parts of(List<Example> examples, long seed) {
        if (!cuts(examples.size())) {
            throw new IllegalArgumentException(
                    examples.size()
                            + " examples cannot be cut in two at a share of "
                            + share
                            + "; there must be more of them");
        }
        int learned = learned(examples.size());
        List<Example> ordered = new ArrayList<>(examples);
        switch (order) {
            case RANDOM -> Collections.shuffle(ordered, new Random(seed));
            case TIME -> ordered.sort(Comparator.comparingLong(Example::eventTime));
        }
        return new Parts(
                List.copyOf(ordered.subList(0, learned)),
                List.copyOf(ordered.subList(learned, ordered.size())));
    }

    private int learned(int examples) {
        return (int) Math.round(share * examples);
    }

    @Override
    public String toString() {
        return (order == Order.RANDOM ? "random:" : "time:") + share;
    }

    /**
     * Two parts that have no example in common.
     *
     * @param learned the part to learn from
     * @param held the part that is held out
     */
    public record Parts(List<Example> learned, List<Example> held) {}
}
