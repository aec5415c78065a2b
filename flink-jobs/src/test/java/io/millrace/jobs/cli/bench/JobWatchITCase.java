package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.Await;
import io.millrace.jobs.cli.stream.Jobs;
import io.millrace.jobs.embedded.EmbeddedFlink;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class JobWatchITCase {

    private static final AtomicBoolean FAIL = new AtomicBoolean();

    @TempDir Path directory;

    @Test
    void aRestartOfFlinksIsNoticed() throws Exception {
        Configuration restarting = new Configuration();
        restarting.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 1, 1, JobGauges.reporting());
                Jobs jobs = new Jobs(flink)) {
            JobWatch watch =
                    new JobWatch(
                            List.of(jobs.submit("fails once", JobWatchITCase::build, restarting)));
            assertThatNoException().isThrownBy(watch::requireUndisturbed);

            FAIL.set(true);
            Await.until("a restart", () -> JobGauges.max("numRestarts") == 1);

            assertThatThrownBy(watch::requireUndisturbed).hasMessageContaining("started anew");
        }
    }

    private static void build(StreamExecutionEnvironment env) {
        env.setParallelism(1);
        env.fromSequence(1, Long.MAX_VALUE)
                .map(JobWatchITCase::failOnce)
                .sinkTo(new DiscardingSink<>());
    }

    private static long failOnce(long number) {
        if (FAIL.compareAndSet(true, false)) {
            throw new IllegalStateException("as the test wants");
        }
        return number;
    }
}
