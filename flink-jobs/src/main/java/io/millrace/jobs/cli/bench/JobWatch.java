package io.millrace.jobs.cli.bench;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Notices when jobs end, or fail and start anew, while they are measured. */
final class JobWatch {

    private final List<CompletableFuture<?>> ends;
    private final DoubleSupplier restarts;

    /** Watches jobs of a cluster that reports to {@link JobGauges}. */
    JobWatch(List<CompletableFuture<?>> ends) {
        this(ends, () -> JobGauges.sum("numRestarts"));
    }

    /**
     * @param ends each is done when its job has ended
     * @param restarts of all jobs together
     */
    JobWatch(List<CompletableFuture<?>> ends, DoubleSupplier restarts) {
        this.ends = ends;
        this.restarts = restarts;
    }

    /**
     * @throws IllegalStateException unless all jobs have run from the beginning until now
     */
    void requireUndisturbed() {
        for (CompletableFuture<?> end : ends) {
            if (end.isDone()) {
                throw new IllegalStateException(
                        "a job ended while it was measured; its log says more", cause(end));
            }
        }
        if (restarts.getAsDouble() > 0) {
            throw new IllegalStateException(
                    "a job failed and started anew while it was measured; its log says why");
        }
    }

    private static @Nullable Throwable cause(CompletableFuture<?> end) {
        try {
            var unused = end.join();
            return null;
        } catch (RuntimeException e) {
            return e.getCause() == null ? e : e.getCause();
        }
    }
}
