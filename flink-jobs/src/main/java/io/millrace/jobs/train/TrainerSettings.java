package io.millrace.jobs.train;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a trainer batches.
 *
 * @param microBatch examples in a full micro-batch
 * @param maxWait how long the first example of a partial one waits
 * @param staleness micro-batches in flight at most; 1 means each sees the update of the one before
 * @param torchThreads threads of one tensor operation
 */
public record TrainerSettings(int microBatch, Duration maxWait, int staleness, int torchThreads)
        implements Serializable {}
