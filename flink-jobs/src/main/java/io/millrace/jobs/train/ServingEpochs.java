package io.millrace.jobs.train;

import io.millrace.model.parameter.FrozenWeights;
import java.util.Arrays;

/**
 * Which of the weights that the shards froze for a sync served at a time; what a trainer knows of
 * it from its watermarks.
 *
 * <p>Until event time passes into another epoch than that of its first watermark, the start weights
 * serve. When it passes several epochs at once, the weights frozen then stand for all of them. What
 * is beyond the newest epoch is served by that: serving, too, is as old as the watermark.
 */
final class ServingEpochs {

    private final Sync.Lagging sync;

    /** For each frozen weights the last epoch that they serve in, ascending. */
    private long[] last = {Long.MIN_VALUE, 0};

    private int size = 1;
    private boolean startIsKept = true;
    private boolean begun;

    ServingEpochs(Sync.Lagging sync) {
        this.sync = sync;
    }

    /** Whether event time, having come to this, is in an epoch for which to freeze weights. */
    boolean isPassedInto(long time) {
        return begun && sync.epoch(time) > last[size - 1];
    }

    /**
     * Notes that event time has come to this.
     *
     * @return whether the weights are to be frozen now, under {@link #newest}
     */
    boolean passInto(long time) {
        if (!begun) {
            begun = true;
            last[0] = sync.epoch(time);
            return false;
        }
        if (!isPassedInto(time)) {
            return false;
        }
        if (size == last.length) {
            last = Arrays.copyOf(last, 2 * size);
        }
        last[size++] = sync.epoch(time);
        return true;
    }

    /**
     * Forgets weights that served before a time only; the newest are kept.
     *
     * @return whether there were any, so that now {@link #oldest} are others
     */
    boolean forgetBefore(long time) {
        if (size == 1 || last[0] >= sync.epoch(time)) {
            return false;
        }
        int forgotten = 1;
        while (forgotten < size - 1 && last[forgotten] < sync.epoch(time)) {
            forgotten++;
        }
        size -= forgotten;
        System.arraycopy(last, forgotten, last, 0, size);
        startIsKept = false;
        return true;
    }

    /** The number of the weights that served at this time, or next to it among those kept. */
    long at(long time) {
        long epoch = sync.epoch(time);
        int i = size - 1;
        while (i > 0 && last[i - 1] >= epoch) {
            i--;
        }
        return number(i);
    }

    long newest() {
        return number(size - 1);
    }

    long oldest() {
        return number(0);
    }

    private long number(int i) {
        return i == 0 && startIsKept ? FrozenWeights.START : last[i];
    }
}
