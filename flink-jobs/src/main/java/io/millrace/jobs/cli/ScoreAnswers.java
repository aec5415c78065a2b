package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.ScoreStatus;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Writes the answers to requests as JSON lines, as they come; others' answers are left out. Safe
 * for use by several threads.
 */
final class ScoreAnswers {

    private final EventCodec<Score> codec = EventCodec.of(Score.class, EventFormat.JSON);
    private final PrintWriter out;
    private final CompletableFuture<Void> complete = new CompletableFuture<>();

    /** How many answers are still due, by request id. */
    private final Map<String, Integer> due = new HashMap<>();

    private final TreeSet<Long> versions = new TreeSet<>();
    private long answered;
    private long scored;

    ScoreAnswers(List<ScoreRequest> requests, PrintWriter out) {
        this.out = out;
        requests.forEach(request -> due.merge(request.getRequestId(), 1, Integer::sum));
        completeWhenNoneIsDue();
    }

    synchronized void answered(Score score) {
        Integer dueNow = due.get(score.getRequestId());
        if (dueNow == null) {
            return;
        }
        if (dueNow == 1) {
            due.remove(score.getRequestId());
        } else {
            due.put(score.getRequestId(), dueNow - 1);
        }
        answered++;
        scored += score.getStatus() == ScoreStatus.SCORED ? 1 : 0;
        if (score.getVersion() != null) {
            versions.add(score.getVersion());
        }
        out.println(new String(codec.encode(score), StandardCharsets.UTF_8));
        completeWhenNoneIsDue();
    }

    /** Completes when every request was answered. */
    CompletableFuture<Void> complete() {
        return complete;
    }

    synchronized ObjectNode toJson() {
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("answered", answered)
                        .put("scored", scored);
        versions.forEach(json.putArray("versions")::add);
        return json;
    }

    private void completeWhenNoneIsDue() {
        if (due.isEmpty()) {
            out.flush();
            complete.complete(null);
        }
    }
}
