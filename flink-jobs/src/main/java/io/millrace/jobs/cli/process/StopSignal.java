package io.millrace.jobs.cli.process;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The user's wish that a run ends. Ctrl-C makes it known; the JVM then lives on until the run has
 * put everything away and closed its signal, or for some seconds.
 */
public final class StopSignal implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final CompletableFuture<Void> requested = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::onShutdown, "millrace-stop");

    private StopSignal() {}

    /** A signal that Ctrl-C, or another end of the JVM, gives. */
    public static StopSignal onInterrupt() {
        StopSignal signal = new StopSignal();
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
            var unused = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
