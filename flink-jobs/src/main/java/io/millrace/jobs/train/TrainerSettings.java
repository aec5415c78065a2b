package io.millrace.jobs.train;

import io.millrace.model.loss.ExampleWeighting;
import java.io.Serializable;
import java.time.Duration;

/**
 * How a trainer batches, and what it predicts.
 *
 * @param microBatch examples in a full micro-batch
 * @param maxWait how long the first example of a partial one waits; of no meaning when reproducible
 * @param reproducible whether count alone decides where a micro-batch ends, and never the clock or
 *     a barrier
 * @param staleness micro-batches in flight at most; 1 means each sees the update of the one before
 * @param torchThreads threads of one tensor operation
 * @param sync with which weights examples are predicted
 * @param weighting how gradients are weighed by predictions
 */
public record TrainerSettings(
        int microBatch,
        Duration maxWait,
        boolean reproducible,
        int staleness,
        int torchThreads,
        SyncSettings sync,
        ExampleWeighting weighting)
        implements Serializable {

    /** Gradients are not weighed by predictions. */
    public TrainerSettings(
            int microBatch,
            Duration maxWait,
            boolean reproducible,
            int staleness,
            int torchThreads,
            SyncSettings sync) {
        this(
                microBatch,
                maxWait,
                reproducible,
                staleness,
                torchThreads,
                sync,
                ExampleWeighting.NONE);
    }

    /** As in production: predictions come with the learning, and cost nothing. */
    public TrainerSettings(
            int microBatch,
            Duration maxWait,
            boolean reproducible,
            int staleness,
            int torchThreads) {
        this(microBatch, maxWait, reproducible, staleness, torchThreads, SyncSettings.AT_ONCE);
    }
}
