package io.millrace.model.evaluate;

/** The round length of the windows that a span of time is cut into when none is asked for. */
final class WindowLength {

    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private static final long[] ROUND = {
        SECOND,
        5 * SECOND,
        10 * SECOND,
        15 * SECOND,
        30 * SECOND,
        MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        HOUR,
        3 * HOUR,
        6 * HOUR,
        12 * HOUR,
        DAY,
        2 * DAY,
        7 * DAY,
        14 * DAY,
        30 * DAY
    };

    private static final long FEWEST = 20;
    private static final long MOST = 60;

    private WindowLength() {}

    /**
     * The longest round length that cuts the span into {@value #FEWEST} to {@value #MOST} windows,
     * or the one whose number of windows is off by the smallest factor.
     *
     * @param from the first time, milliseconds since the epoch
     * @param to the last, inclusive
     */
    static long automatic(long from, long to) {
        long best = ROUND[0];
        double smallest = Double.POSITIVE_INFINITY;
        for (long length : ROUND) {
            double off = off(Math.floorDiv(to, length) - Math.floorDiv(from, length) + 1);
            if (off < smallest || off == 1) {
                smallest = off;
                best = length;
            }
        }
        return best;
    }

    /** The factor by which a number of windows is too large or too small; 1 where it is neither. */
    private static double off(long windows) {
        return Math.max(1, Math.max((double) windows / MOST, (double) FEWEST / windows));
    }
}
