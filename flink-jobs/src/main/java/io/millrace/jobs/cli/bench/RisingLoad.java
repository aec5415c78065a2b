package io.millrace.jobs.cli.bench;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Loads of which each is half as much again as the one before. The last one takes longer than the
 * limit three times in a row, for what else a machine does in a moment is soon more than one
 * request in a hundred; or it leaves requests unanswered.
 *
 * @param firstRate requests a second
 * @param limit within which 99 of 100 requests should be answered
 */
record RisingLoad(double firstRate, Duration limit) {

    private static final double RISE = 1.5;
    private static final int TRIES = 3;

    /**
     * @param measured told each load
     */
    void run(Measurement measurement, Consumer<ScoreLoad> measured) throws InterruptedException {
        double rate = firstRate;
        int late = 0;
        while (late < TRIES) {
            ScoreLoad load = measurement.at(rate);
            measured.accept(load);
            if (load.answeredShare() < 1) {
                return;
            }
            if (load.isWithin(limit)) {
                rate *= RISE;
                late = 0;
            } else {
                late++;
            }
        }
    }

    /** Measures at one rate, in requests a second. */
    @FunctionalInterface
    interface Measurement {
        ScoreLoad at(double rate) throws InterruptedException;
    }
}
