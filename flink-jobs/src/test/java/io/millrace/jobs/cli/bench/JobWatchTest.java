package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class JobWatchTest {

    private final CompletableFuture<String> first = new CompletableFuture<>();
    private final CompletableFuture<String> second = new CompletableFuture<>();
    private double restarts;
    private final JobWatch watch = new JobWatch(List.of(first, second), () -> restarts);

    @Test
    void jobsThatRunAreNoticedByNobody() {
        assertThatNoException().isThrownBy(watch::requireUndisturbed);
    }

    @Test
    void aJobThatFailedIsNoticedWithItsCause() {
        IllegalArgumentException cause = new IllegalArgumentException("why");
        second.completeExceptionally(cause);

        assertThatThrownBy(watch::requireUndisturbed)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a job ended while it was measured")
                .hasCause(cause);
    }

    @Test
    void aJobThatEndedByItselfIsNoticed() {
        first.complete("done");

        assertThatThrownBy(watch::requireUndisturbed)
                .hasMessageContaining("a job ended while it was measured")
                .hasNoCause();
    }

    @Test
    void aRestartIsNoticed() {
        restarts = 1;

        assertThatThrownBy(watch::requireUndisturbed).hasMessageContaining("started anew");
    }
}
