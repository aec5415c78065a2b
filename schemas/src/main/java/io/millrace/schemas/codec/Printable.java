package io.millrace.schemas.codec;

/**
 * Text of unknown origin made fit to print: one line of bounded length, whose other characters are
 * replaced. Messages quote what came from outside; logs, terminals and dead letters show them.
 */
public final class Printable {

    private static final int LONGEST = 1000;
    private static final char REPLACEMENT = '\uFFFD';

    private Printable() {}

    public static String of(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), LONGEST) + 3);
        for (int at = 0; at < text.length(); ) {
            int next = text.codePointAt(at);
            at += Character.charCount(next);
            if (at > LONGEST) {
                return line.append("...").toString();
            }
            line.appendCodePoint(isPrintable(next) ? next : REPLACEMENT);
        }
        return line.toString();
    }

    static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
