package io.millrace.model.parameter;

/**
 * Working memory of one thread, in which an optimizer finds the parts of a wide row each in an
 * array of its own, all from index 0.
 *
 * <p><b>Why.</b> The compiler makes vector instructions of a loop only when it can tell that what
 * one step writes no later step reads. It cannot in a row, where weights and state share an array,
 * with offsets that it does not know; copying them out and back costs less than it gains. A narrow
 * row would be done before the vectors begin.
 */
final class Lanes {

    /** Rows of fewer weights are faster in place. */
    static final int WIDE = 256;

    /** Weights at once: few enough that everything stays in the first-level cache. */
    static final int LENGTH = 1024;

    private static final ThreadLocal<Lanes> OF_THREAD = ThreadLocal.withInitial(Lanes::new);

    final float[] weights = new float[LENGTH];
    final float[] state = new float[LENGTH];
    final float[] gradient = new float[LENGTH];

    private Lanes() {}

    static Lanes ofThread() {
        return OF_THREAD.get();
    }
}
