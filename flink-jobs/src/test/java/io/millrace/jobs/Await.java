package io.millrace.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for conditions that a running job will bring about. */
public final class Await {

    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final long LOOK_EVERY_NANOS = 2_000_000;

    private Await() {}

    /**
     * Returns when {@code condition} holds; fails, naming {@code what}, when it does not in time.
     */
    public static void until(String what, Callable<Boolean> condition) throws Exception {
        if (!until(condition, () -> false)) {
            throw new AssertionError("waited in vain for " + what);
        }
    }

    /** Returns whether {@code condition} held before {@code end} did. */
    public static boolean until(Callable<Boolean> condition, Callable<Boolean> end)
            throws Exception {
        Instant deadline = Instant.now().plus(LONGEST);
        while (!condition.call()) {
            if (end.call() || Instant.now().isAfter(deadline)) {
                return false;
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return true;
    }
}
