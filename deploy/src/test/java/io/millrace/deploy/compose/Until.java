package io.millrace.deploy.compose;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for something to come true. */
final class Until {

    /** Longer than a slow machine takes to start the whole stack again. */
    private static final Duration LIMIT = Duration.ofMinutes(6);

    private static final Duration PAUSE = Duration.ofMillis(500);

    private Until() {}

    /**
     * What {@code look} sees once it is {@code good}. A failure to look is a look that was not
     * good.
     *
     * @throws AssertionError with the last look, when it is not good in time
     */
    static <T> T good(String what, Supplier<T> look, Predicate<T> good) {
        Instant end = Instant.now().plus(LIMIT);
        Object last;
        do {
            try {
                T seen = look.get();
                if (good.test(seen)) {
                    return seen;
                }
                last = seen;
            } catch (RuntimeException e) {
                last = e;
            }
            pause();
        } while (Instant.now().isBefore(end));
        throw new AssertionError(what + " did not come within " + LIMIT + "; last: " + last);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
