package io.millrace.model.architecture;

import java.util.List;

/** What options of several architectures have to fulfil; errors say what they were given. */
final class OptionChecks {

    /** Far more than any paper has, so a typo is refused before it takes memory. */
    private static final int MOST_LAYERS = 1000;

    private OptionChecks() {}

    /**
     * The number itself.
     *
     * @param what e.g. "the number of cross layers"
     * @throws IllegalArgumentException when it is less than {@code least} or beyond all use
     */
    static int layers(String what, int count, int least) {
        if (count < least || count > MOST_LAYERS) {
            throw new IllegalArgumentException(
                    what + " is " + count + "; it is from " + least + " to " + MOST_LAYERS);
        }
        return count;
    }

    /**
     * The number itself.
     *
     * @param what e.g. "the number of heads"
     * @throws IllegalArgumentException when it is less than 1
     */
    static int positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " is " + value + "; it is at least 1");
        }
        return value;
    }

    /**
     * The share itself.
     *
     * @throws IllegalArgumentException when it is not from 0 to below 1
     */
    static double dropout(double dropout) {
        if (!(dropout >= 0 && dropout < 1)) {
            throw new IllegalArgumentException(
                    "the dropout is " + dropout + "; it is at least 0 and less than 1");
        }
        return dropout;
    }

    /**
     * A copy of the widths.
     *
     * @param what e.g. "the deep network"
     * @throws IllegalArgumentException when a width is less than 1
     */
    static List<Integer> widths(String what, List<Integer> widths) {
        for (int width : widths) {
            if (width < 1) {
                throw new IllegalArgumentException(
                        what + " has a layer of width " + width + "; a width is at least 1");
            }
        }
        return List.copyOf(widths);
    }
}
