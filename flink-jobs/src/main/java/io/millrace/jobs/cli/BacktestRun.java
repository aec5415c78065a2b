package io.millrace.jobs.cli;

import io.millrace.jobs.BacktestJob;
import io.millrace.jobs.backtest.BacktestPipeline;
import io.millrace.jobs.backtest.BacktestSettings;
import io.millrace.jobs.backtest.OutcomeFile;
import io.millrace.jobs.cli.backtest.BacktestProgress;
import io.millrace.jobs.cli.process.StopSignal;
import io.millrace.jobs.cli.stream.Jobs;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.history.History;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A backtest that is run on a cluster in this process. */
record BacktestRun(List<BacktestPipeline> pipelines, History history, BacktestSettings settings) {

    private static final long BETWEEN_LOOKS_MILLIS = 200;

    /**
     * How it ended.
     *
     * @param stopped whether the user ended it
     * @param failure why the job failed; null when it did not
     * @param seconds from the submission of the job to its end
     */
    record End(boolean stopped, @Nullable String failure, double seconds) {

        boolean isComplete() {
            return !stopped && failure == null;
        }
    }

    /** Runs until all events are learned from, the job fails, or the user wants to stop. */
    End run(Path files, BacktestProgress progress, StopSignal stop) throws Exception {
        BacktestJob job = new BacktestJob(pipelines, history, settings);
        try (EmbeddedFlink flink = EmbeddedFlink.start(files, job.slots());
                Jobs jobs = new Jobs(flink)) {
            long begin = System.nanoTime();
            CompletableFuture<?> end = jobs.submit("backtest", job::build);
            String failure = null;
            try {
                await(CompletableFuture.anyOf(end, stop.requested()), progress);
            } catch (ExecutionException e) {
                failure = Causes.sentence(e);
            }
            double seconds = (System.nanoTime() - begin) * 1e-9;
            boolean stopped = failure == null && !end.isDone();
            return new End(stopped, failure, seconds);
        } finally {
            progress.close();
        }
    }

    private void await(CompletableFuture<?> end, BacktestProgress progress)
            throws InterruptedException, ExecutionException {
        while (true) {
            try {
                var unused = end.get(BETWEEN_LOOKS_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException stillRunning) {
                show(progress);
            }
        }
    }

    private void show(BacktestProgress progress) {
        try {
            progress.show(OutcomeFile.progress(Path.of(settings.outcomes())));
        } catch (IOException notBegunYet) {
            // Then there is nothing to show.
        }
    }
}
