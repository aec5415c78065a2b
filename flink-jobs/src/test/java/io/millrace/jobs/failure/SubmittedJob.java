package io.millrace.jobs.failure;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** A job on a cluster, as the job manager's REST interface shows it. */
record SubmittedJob(String id, FlinkRest rest) {

    /** Such as RUNNING; empty when nobody answers. */
    String status() throws InterruptedException {
        return rest.get("/jobs/" + id + "/status").path("status").asText();
    }

    boolean hasEnded() throws InterruptedException {
        return Set.of("CANCELED", "FAILED", "FINISHED").contains(status());
    }

    /** The task managers that run its tasks. */
    SortedSet<String> taskManagers() throws InterruptedException {
        SortedSet<String> ids = new TreeSet<>();
        for (JsonNode vertex : rest.get("/jobs/" + id).path("vertices")) {
            String path = "/jobs/" + id + "/vertices/" + vertex.get("id").asText();
            rest.get(path + "/taskmanagers")
                    .path("taskmanagers")
                    .forEach(at -> ids.add(at.get("taskmanager-id").asText()));
        }
        return ids;
    }

    /** How often it has failed since the job manager started, as far as it remembers. */
    int failures() throws InterruptedException {
        return exceptions().size();
    }

    /** The newest failure with its causes; empty before the first. */
    String newestFailure() throws InterruptedException {
        return exceptions().path(0).path("stacktrace").asText();
    }

    int failedCheckpoints() throws InterruptedException {
        return rest.get("/jobs/" + id + "/checkpoints").at("/counts/failed").asInt();
    }

    /** Cancels it and waits until its tasks have ended. */
    void cancel() throws Exception {
        rest.cancel(id);
        Wait.until("the end of job " + id, Duration.ofSeconds(120), this::hasEnded, () -> "");
    }

    private JsonNode exceptions() throws InterruptedException {
        return rest.get("/jobs/" + id + "/exceptions").at("/exceptionHistory/entries");
    }
}
