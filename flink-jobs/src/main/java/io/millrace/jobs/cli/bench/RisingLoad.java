package io.millrace.jobs.cli.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Loads of which each is half as much again as the one before, until one is beyond the limit. Each
 * is measured in several windows, for what else a machine does in a moment is soon more than one
 * request in a hundred; the first unanswered request is the end at once.
 *
 * @param firstRate requests a second
 * @param candidates in a request
 * @param limit within which 99 of 100 requests should be answered
 */
record RisingLoad(double firstRate, int candidates, Duration limit) {

    private static final double RISE = 1.5;
    private static final int TRIES = 3;

    /**
     * @param measured told each load, the one beyond the limit too
     */
    void run(Measurement measurement, Consumer<ScoreLoad> measured) throws InterruptedException {
        double rate = firstRate;
        ScoreLoad load;
        do {
            load = new ScoreLoad(rate, rate * candidates, tries(measurement, rate));
            measured.accept(load);
            rate *= RISE;
        } while (load.isWithin(limit));
    }

    private static List<ScoreTry> tries(Measurement measurement, double rate)
            throws InterruptedException {
        List<ScoreTry> tries = new ArrayList<>();
        while (tries.size() < TRIES) {
            ScoreTry one = measurement.at(rate);
            tries.add(one);
            if (one.unanswered() > 0) {
                break;
            }
        }
        return tries;
    }

    /** Measures one window at a rate, in requests a second. */
    @FunctionalInterface
    interface Measurement {
        ScoreTry at(double rate) throws InterruptedException;
    }
}
