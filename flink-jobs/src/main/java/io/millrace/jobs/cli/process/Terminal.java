package io.millrace.jobs.cli.process;

import java.nio.charset.Charset;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of where the output goes.
 *
 * @param interactive whether what was printed can be drawn over
 * @param colours whether colours are wanted
 * @param unicode whether block characters can be printed
 * @param width characters in a line
 */
public record Terminal(boolean interactive, boolean colours, boolean unicode, int width) {

    private static final String TERMINAL = "millrace.terminal";
    private static final int USUAL_WIDTH = 80;
    private static final int LEAST_WIDTH = 40;

    /** This process's own; the launcher knows whether its output is a terminal. */
    public static Terminal detect() {
        return detect(
                Boolean.getBoolean(TERMINAL),
                System.getenv(),
                Charset.defaultCharset().newEncoder().canEncode('\u2588'));
    }

    static Terminal detect(boolean console, Map<String, String> environment, boolean unicode) {
        boolean interactive = console && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        boolean colours = interactive && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(interactive, colours, unicode, width(environment.get("COLUMNS")));
    }

    private static int width(@Nullable String columns) {
        if (columns == null || !columns.matches("[0-9]{1,4}")) {
            return USUAL_WIDTH;
        }
        int width = Integer.parseInt(columns);
        return width == 0 ? USUAL_WIDTH : Math.max(LEAST_WIDTH, width);
    }
}
