package io.millrace.jobs.failure;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what other processes do. */
final class Wait {

    private static final long LOOK_EVERY_NANOS = 50_000_000;

    private Wait() {}

    /**
     * Returns when {@code condition} holds.
     *
     * @param evidence shown when it does not in time
     * @return how long it took
     */
    static Duration until(
            String what, Duration longest, Callable<Boolean> condition, Supplier<String> evidence)
            throws Exception {
        long start = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - start > longest.toNanos()) {
                throw new AssertionError(
                        "waited %d s in vain for %s%n%s"
                                .formatted(longest.toSeconds(), what, evidence.get()));
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
