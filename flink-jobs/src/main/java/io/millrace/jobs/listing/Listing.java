package io.millrace.jobs.listing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.millrace.jobs.label.LabelNote;
import io.millrace.schemas.DeadLetter;
import java.io.UncheckedIOException;

/** Lines of a listing, as docs/cli.md describes them; in front of each its time. */
final class Listing {

    static final String RATING = "RATING";

    private static final char GAP = ' ';

    private final JsonMapper mapper = new JsonMapper();

    /**
     * An example.
     *
     * @param time when its label was known
     */
    String example(ListedExample example, String why, long time) {
        ObjectNode line = mapper.createObjectNode().put("why", why);
        if (example.id().isEmpty()) {
            line.put("line", example.line());
        } else {
            line.put("impressionId", example.id());
        }
        line.put("time", time)
                .put("label", example.label())
                .put("weight", example.weight())
                .put("user", example.user())
                .put("item", example.item())
                .put("timestamp", example.eventTime())
                .putRawValue("features", new RawValue(example.features()));
        return text(time, line);
    }

    /** What the label join made no example of. */
    String note(LabelNote note) {
        return text(
                note.time(),
                mapper.createObjectNode()
                        .put("why", note.kind().name())
                        .put("impressionId", note.impressionId())
                        .put("time", note.time())
                        .put("detail", note.detail()));
    }

    /**
     * A line that is no event, or none that can be used.
     *
     * @param time the largest event time before it
     */
    String rejected(DeadLetter letter, long time) {
        return rejected(letter.getReason(), letter.getOffset(), letter.getDetail(), time);
    }

    /** The same, where there is no record to set aside. */
    String rejected(String reason, long line, String detail, long time) {
        return text(
                time,
                mapper.createObjectNode()
                        .put("why", reason)
                        .put("line", line)
                        .put("detail", detail));
    }

    /** The time in front of a line. */
    static long time(String line) {
        return Long.parseLong(line.substring(0, line.indexOf(GAP)));
    }

    /** The line without it. */
    static String json(String line) {
        return line.substring(line.indexOf(GAP) + 1);
    }

    private String text(long time, ObjectNode line) {
        try {
            return "" + time + GAP + mapper.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Writing to memory cannot fail.", e);
        }
    }
}
