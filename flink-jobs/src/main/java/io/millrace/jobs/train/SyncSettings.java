package io.millrace.jobs.train;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * With which weights examples are predicted. It has no influence on training.
 *
 * @param syncs each example is predicted once for each; at least one
 * @param labelWait how long after its event time an example may come: the late window, and how far
 *     events are out of order. So long are weights kept that serving had at its event time
 */
public record SyncSettings(List<Sync> syncs, Duration labelWait) implements Serializable {

    /** As a job in production predicts: with the weights that it learns from next. */
    public static final SyncSettings AT_ONCE =
            new SyncSettings(List.of(new Sync.AtOnce()), Duration.ZERO);

    public SyncSettings {
        syncs = List.copyOf(syncs);
        if (syncs.isEmpty()) {
            throw new IllegalArgumentException(
                    "no sync is given; Sync.AtOnce predicts with the newest weights");
        }
        if (labelWait.isNegative()) {
            throw new IllegalArgumentException(
                    "labelWait is " + labelWait + "; expected 0 or longer");
        }
    }

    /** Those for which the shards have to keep weights as they were, in their order. */
    List<Sync.Lagging> lagging() {
        return syncs.stream()
                .filter(Sync.Lagging.class::isInstance)
                .map(Sync.Lagging.class::cast)
                .toList();
    }
}
