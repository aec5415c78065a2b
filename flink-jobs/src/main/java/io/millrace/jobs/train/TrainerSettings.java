package io.millrace.jobs.train;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a trainer batches.
 *
 * @param microBatch examples in a full micro-batch
 * @param maxWait how long the first example of a partial one waits; of no meaning when reproducible
 * @param reproducible whether count alone decides where a micro-batch ends, and never the clock or
 *     a barrier
 * @param staleness micro-batches in flight at most; 1 means each sees the update of the one before
 * @param torchThreads threads of one tensor operation
 */
public record TrainerSettings(
        int microBatch, Duration maxWait, boolean reproducible, int staleness, int torchThreads)
        implements Serializable {}
