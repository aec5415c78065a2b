package io.millrace.jobs.cli.bench;

import java.time.Duration;

/**
 * What the runs of one benchmark share.
 *
 * @param threads of one tensor operation, in every mode
 * @param batch examples in a micro-batch
 * @param staleness micro-batches of the job in flight
 * @param cacheBytes memory of the job's row cache
 * @param warmUp trained before the measurement begins
 * @param window how long is measured
 * @param checkpointEvery time between the job's checkpoints
 */
public record BenchSettings(
        int threads,
        int batch,
        int staleness,
        long cacheBytes,
        Duration warmUp,
        Duration window,
        Duration checkpointEvery) {

    /** The same with other checkpoints. */
    public BenchSettings withCheckpointEvery(Duration newCheckpointEvery) {
        return new BenchSettings(
                threads, batch, staleness, cacheBytes, warmUp, window, newCheckpointEvery);
    }
}
