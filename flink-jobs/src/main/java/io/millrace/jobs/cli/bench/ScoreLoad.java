package io.millrace.jobs.cli.bench;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * How requests were answered that came at one rate, in some windows.
 *
 * @param requestsPerSecond the rate
 * @param candidatesPerSecond the same, in candidates
 * @param tries the windows, in the order of measurement; only the last may lack answers
 */
public record ScoreLoad(
        double requestsPerSecond, double candidatesPerSecond, List<ScoreTry> tries) {

    /**
     * The try by which the load counts: that with the median p99, or the one that lacks answers.
     */
    public ScoreTry median() {
        ScoreTry last = tries.get(tries.size() - 1);
        if (last.unanswered() > 0) {
            return last;
        }
        return tries.stream()
                .sorted(Comparator.comparingDouble(one -> one.latency().p99()))
                .toList()
                .get(tries.size() / 2);
    }

    /** True when all requests were answered, and 99 of 100 in time in the median try. */
    public boolean isWithin(Duration limit) {
        ScoreTry median = median();
        return median.unanswered() == 0 && median.latency().p99() <= limit.toNanos() / 1e6;
    }
}
