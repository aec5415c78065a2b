package io.millrace.jobs.cli.bench;

import io.millrace.schemas.Candidate;
import io.millrace.schemas.Rating;
import io.millrace.schemas.ScoreRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A workload's events as requests: the first half of the features are the user's, and the same for
 * all candidates of a request; the other half is each candidate's own.
 */
final class WorkloadRequests {

    private WorkloadRequests() {}

    /** So many requests, whose ids are 0, 1, 2 and so on. */
    static List<ScoreRequest> make(Workload workload, int requests, int candidates) {
        List<ScoreRequest> made = new ArrayList<>();
        long event = workload.fillers();
        for (int id = 0; id < requests; id++) {
            made.add(request(workload, id, event, candidates));
            event += candidates;
        }
        return made;
    }

    private static ScoreRequest request(Workload workload, int id, long event, int candidates) {
        Rating first = workload.rating(event);
        List<Candidate> made = new ArrayList<>();
        for (int i = 0; i < candidates; i++) {
            made.add(
                    new Candidate(
                            "i" + i, fields(workload.rating(event + i).getFeatures(), false)));
        }
        return new ScoreRequest(
                Integer.toString(id),
                first.getTimestamp(),
                first.getUser(),
                fields(first.getFeatures(), true),
                made);
    }

    private static Map<String, Object> fields(Map<String, Object> all, boolean ofUser) {
        Map<String, Object> fields = new HashMap<>(all);
        fields.keySet().removeIf(name -> isOfUser(name) != ofUser);
        return fields;
    }

    private static boolean isOfUser(String name) {
        int number = Integer.parseInt(name.substring(1));
        return number < (name.charAt(0) == 'c' ? Workload.CATEGORICAL : Workload.NUMERIC) / 2;
    }
}
