package io.millrace.jobs.cli;

import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Score requests read from JSON lines.
 *
 * @param requests in order
 * @param problems one sentence for each line that is none
 */
record ScoreRequestLines(List<ScoreRequest> requests, List<String> problems) {

    static ScoreRequestLines read(InputStream in, String name) throws IOException {
        EventCodec<ScoreRequest> codec = EventCodec.of(ScoreRequest.class, EventFormat.JSON);
        List<ScoreRequest> requests = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        long number = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                requests.add(codec.decode(line.getBytes(StandardCharsets.UTF_8)));
            } catch (UndecodableException e) {
                problems.add(name + ", line " + number + ": " + e.getMessage());
            }
        }
        return new ScoreRequestLines(requests, problems);
    }
}
