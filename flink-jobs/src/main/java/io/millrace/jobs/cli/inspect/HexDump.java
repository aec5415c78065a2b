package io.millrace.jobs.cli.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Bytes as lines of offset, hexadecimal digits and printable ASCII, as {@code hexdump -C} has them.
 */
final class HexDump {

    private static final int IN_LINE = 16;
    private static final int MOST_LINES = 16;

    private HexDump() {}

    /** All bytes, or of many the first. */
    static List<String> of(byte[] bytes) {
        if (bytes.length == 0) {
            return List.of("(no bytes)");
        }
        List<String> lines = new ArrayList<>();
        int shown = Math.min(bytes.length, MOST_LINES * IN_LINE);
        for (int from = 0; from < shown; from += IN_LINE) {
            lines.add(line(bytes, from, Math.min(shown, from + IN_LINE)));
        }
        if (shown < bytes.length) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "... and %,d of %,d bytes more",
                            bytes.length - shown,
                            bytes.length));
        }
        return lines;
    }

    private static String line(byte[] bytes, int from, int to) {
        StringBuilder digits = new StringBuilder();
        StringBuilder text = new StringBuilder();
        for (int i = from; i < from + IN_LINE; i++) {
            digits.append(i == from + IN_LINE / 2 ? "  " : " ");
            digits.append(i < to ? String.format("%02x", bytes[i]) : "  ");
            if (i < to) {
                text.append(bytes[i] >= ' ' && bytes[i] < 127 ? (char) bytes[i] : '.');
            }
        }
        return String.format("%08x %s  |%s|", from, digits, text);
    }
}
