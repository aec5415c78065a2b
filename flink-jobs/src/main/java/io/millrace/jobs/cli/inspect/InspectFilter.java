package io.millrace.jobs.cli.inspect;

import io.millrace.jobs.history.TimeRange;
import java.util.Set;

/**
 * Which records are wanted.
 *
 * @param reasons of dead letters; empty for all
 * @param sources topics that dead letters were on; empty for all
 * @param time when a dead letter was set aside, or another record was written
 */
public record InspectFilter(Set<String> reasons, Set<String> sources, TimeRange time) {

    public InspectFilter {
        reasons = Set.copyOf(reasons);
        sources = Set.copyOf(sources);
    }

    boolean passes(Inspected record) {
        if (record.time() < time.from() || record.time() >= time.to()) {
            return false;
        }
        if (record.letter() == null) {
            return reasons.isEmpty() && sources.isEmpty();
        }
        return (reasons.isEmpty() || reasons.contains(record.letter().getReason()))
                && (sources.isEmpty() || sources.contains(record.letter().getTopic()));
    }
}
