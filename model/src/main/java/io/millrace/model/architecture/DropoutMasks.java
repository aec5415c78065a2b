package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Masks for the dropout of one forward pass, one after the other: a function of the seed, so that a
 * micro-batch that is learned again after a restart drops the same.
 */
public final class DropoutMasks {

    private final LongSupplier seed;
    private @Nullable SplittableRandom random;

    /**
     * @param seed asked for once, if something is dropped at all
     */
    public DropoutMasks(LongSupplier seed) {
        this.seed = seed;
    }

    /** Whether something was dropped. */
    boolean wereUsed() {
        return random != null;
    }

    /** Zeros with probability {@code rate}, else 1 / (1 - rate). */
    NDArray next(NDManager manager, Shape shape, double rate) {
        if (random == null) {
            random = new SplittableRandom(seed.getAsLong());
        }
        float[] mask = new float[Math.toIntExact(shape.size())];
        float kept = (float) (1 / (1 - rate));
        // 31 random bits each, compared as whole numbers.
        long limit = Math.round(rate * (1L << 31));
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (random.nextInt() >>> 1) < limit ? 0f : kept;
        }
        return manager.create(mask, shape);
    }
}
