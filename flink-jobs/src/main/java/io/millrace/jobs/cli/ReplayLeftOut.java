package io.millrace.jobs.cli;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.History;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Recorded profiles that a pipeline does not declare, so that there is no topic to send them to.
 *
 * @param counts by the profile's name how many records there are
 */
record ReplayLeftOut(String pipeline, SortedMap<String, Long> counts) {

    static ReplayLeftOut of(History history, PipelineConfig config) {
        SortedMap<String, Long> counts = new TreeMap<>(history.profiles());
        counts.keySet().removeAll(config.topics().profiles().keySet());
        return new ReplayLeftOut(config.model().name(), counts);
    }

    /** Says a sentence of each. */
    void tell(PrintWriter err) {
        counts.forEach(
                (name, count) ->
                        err.printf(
                                Locale.ROOT,
                                "%,d %s of the profile %s %s not sent: the pipeline %s declares no"
                                        + " profile of this name%n",
                                count,
                                count == 1 ? "record" : "records",
                                name,
                                count == 1 ? "is" : "are",
                                pipeline));
        err.flush();
    }

    /** Fails the run when there are any, or lines that could not be read. */
    void failIfAny(BadLines badLines) {
        if (counts.isEmpty()) {
            badLines.failIfAny();
            return;
        }
        throw new FailedException(
                (badLines.count() == 0 ? "" : badLines.sentence() + ", and ")
                        + "profiles were not sent: "
                        + String.join(", ", counts.keySet())
                        + "; a pipeline file (--config) that declares them under profiles"
                        + " would work");
    }
}
