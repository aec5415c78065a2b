package io.millrace.model.explain;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/** The text of a pipeline file with other dimensions, and otherwise as people wrote it. */
public final class PipelineDimensions {

    private static final String FEATURES = "features";
    private static final String DIMENSION = "dimension";

    private final String text;
    private final Map<String, Integer> dimensions;
    private final StringBuilder changed = new StringBuilder();

    /** Up to where the text is in {@link #changed}. */
    private int copied;

    private PipelineDimensions(String text, Map<String, Integer> dimensions) {
        this.text = text;
        this.dimensions = dimensions;
    }

    /**
     * Replaces the values of {@code dimension} of the features named.
     *
     * @param text a valid pipeline file
     * @param dimensions by feature; others stay as they are
     */
    public static String replaced(String text, Map<String, Integer> dimensions) {
        return new PipelineDimensions(text, dimensions).replace();
    }

    private String replace() {
        // The keys that lead to the current place; an empty one where a key is to come.
        Deque<String> path = new ArrayDeque<>();
        for (Event event : new Parse(LoadSettings.builder().build()).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart -> path.push("");
                case MappingEnd -> {
                    path.pop();
                    endValue(path);
                }
                case SequenceStart -> path.push("-");
                case SequenceEnd -> {
                    path.pop();
                    endValue(path);
                }
                case Scalar -> scalar((ScalarEvent) event, path);
                default -> {}
            }
        }
        return changed.append(text, copied, text.length()).toString();
    }

    private void scalar(ScalarEvent scalar, Deque<String> path) {
        String top = path.peek();
        if (top != null && top.isEmpty()) {
            path.pop();
            // Never empty, whatever the key is.
            path.push("." + scalar.getValue());
            return;
        }
        replaceIfAsked(scalar, path);
        endValue(path);
    }

    private void replaceIfAsked(ScalarEvent scalar, Deque<String> path) {
        String[] keys = path.toArray(String[]::new);
        if (keys.length == 3
                && keys[0].equals("." + DIMENSION)
                && keys[2].equals("." + FEATURES)
                && keys[1].startsWith(".")) {
            Integer dimension = dimensions.get(keys[1].substring(1));
            if (dimension != null) {
                changed.append(text, copied, at(scalar.getStartMark().orElseThrow().getIndex()));
                changed.append(dimension);
                copied = at(scalar.getEndMark().orElseThrow().getIndex());
            }
        }
    }

    /** After a value of a map a key comes. */
    private static void endValue(Deque<String> path) {
        String top = path.peek();
        if (top != null && top.startsWith(".")) {
            path.pop();
            path.push("");
        }
    }

    /** Marks count code points. */
    private int at(int codePoints) {
        return text.offsetByCodePoints(0, codePoints);
    }
}
