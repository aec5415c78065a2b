package io.millrace.model.stream;

/** How much of a weight is left after a time. */
final class Decay {

    private Decay() {}

    /**
     * The part that is left: 2^(-elapsed / half-life), the same to the bit on every machine.
     *
     * @param elapsed milliseconds; a time before the weight was given leaves all of it
     * @param halfLife milliseconds; 0 for a weight that stays
     */
    static double after(long elapsed, long halfLife) {
        return halfLife == 0 || elapsed <= 0 ? 1 : StrictMath.pow(2, -(double) elapsed / halfLife);
    }
}
