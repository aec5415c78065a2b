package io.millrace.jobs.cli.process;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The user's wish that a run ends. Ctrl-C makes it known; the JVM then lives on until the run has
 * put everything away and closed its signal, or for as long as it is patient.
 */
public final class StopSignal implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Duration patience;
    private final CompletableFuture<Void> requested = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onShutdown, "millrace-stop");

    private StopSignal(Duration patience) {
        this.patience = patience;
    }

    /** A signal that Ctrl-C, or another end of the JVM, gives. */
    public static StopSignal onInterrupt() {
        return onInterrupt(PATIENCE);
    }

    /**
     * The same for a run that takes longer to put everything away.
     *
     * @param patience how long the JVM lives on
     */
    public static StopSignal onInterrupt(Duration patience) {
        StopSignal signal = new StopSignal(patience);
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    public boolean isRequested() {
        return requested.isDone();
    }

    /** Completes when the wish is known. */
    public CompletableFuture<Void> requested() {
        return requested.copy();
    }

    /** Says that the run has ended. */
    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // Then the hook is what waits for this call.
        }
    }

    private void onShutdown() {
        requested.complete(null);
        try {
            var unused = ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
