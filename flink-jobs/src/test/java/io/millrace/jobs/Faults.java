package io.millrace.jobs;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.parameter.RowOptimizer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Failures at random points of trainers and shards: after so many forward passes or row updates the
 * next one throws, but never before a version newer than at the last failure is there. So each
 * restart restores a checkpoint that no other did.
 */
public final class Faults {

    private static final long FORWARD_NANOS = 4_000_000;

    private static final AtomicLong FORWARDS_LEFT = new AtomicLong();
    private static final AtomicLong UPDATES_LEFT = new AtomicLong();
    private static final AtomicInteger THROWN = new AtomicInteger();
    private static Random random = new Random(0);
    private static volatile int most;
    private static LongSupplier newestVersion = () -> 0;
    private static long versionAtFailure;

    private Faults() {}

    /** Plans {@code failures} failures from a seed. */
    public static synchronized void plan(long seed, int failures, LongSupplier versions) {
        random = new Random(seed);
        most = failures;
        newestVersion = versions;
        versionAtFailure = 0;
        THROWN.set(0);
        again();
    }

    /** Failures thrown since the plan was made. */
    public static int thrown() {
        return THROWN.get();
    }

    /** The same model, failing as planned. */
    public static ModelSpec in(ModelSpec spec) {
        return new ModelSpec(
                spec.name(),
                spec.objective(),
                spec.features(),
                new FailingArchitecture(spec.architecture()),
                new FailingOptimizer(spec.embeddingOptimizer()),
                spec.denseOptimizer(),
                spec.seed());
    }

    private static void again() {
        FORWARDS_LEFT.set(random.nextBoolean() ? 1 + random.nextInt(50) : Long.MAX_VALUE);
        UPDATES_LEFT.set(
                FORWARDS_LEFT.get() == Long.MAX_VALUE ? 1 + random.nextInt(2_000) : Long.MAX_VALUE);
    }

    private static void countDown(AtomicLong left, String where) {
        if (left.decrementAndGet() == 0) {
            failUnlessDone(where);
        }
    }

    private static synchronized void failUnlessDone(String where) {
        if (THROWN.get() >= most) {
            return;
        }
        long version = newestVersion.getAsLong();
        if (version <= versionAtFailure) {
            again();
            return;
        }
        versionAtFailure = version;
        THROWN.incrementAndGet();
        again();
        throw new IllegalStateException("planned failure " + THROWN.get() + " in " + where);
    }

    private record FailingArchitecture(Architecture inner) implements Architecture {
        @Override
        public String type() {
            return inner.type();
        }

        @Override
        public List<TensorSpec> tensors(InputShape input) {
            return inner.tensors(input);
        }

        @Override
        public NDArray logits(
                NDArray embeddings, NDArray numeric, NDList tensors, InputShape input) {
            if (THROWN.get() < most) {
                // Learn slowly enough for the checkpoints that the failures still to come need.
                LockSupport.parkNanos(FORWARD_NANOS);
            }
            countDown(FORWARDS_LEFT, "a forward pass");
            return inner.logits(embeddings, numeric, tensors, input);
        }
    }

    private record FailingOptimizer(RowOptimizer inner) implements RowOptimizer {
        @Override
        public String type() {
            return inner.type();
        }

        @Override
        public int stateSize(int width) {
            return inner.stateSize(width);
        }

        @Override
        public void update(float[] row, int at, int width, float[] gradient, int gradientAt) {
            countDown(UPDATES_LEFT, "a row update");
            inner.update(row, at, width, gradient, gradientAt);
        }
    }
}
