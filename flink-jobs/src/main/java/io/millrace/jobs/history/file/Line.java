package io.millrace.jobs.history.file;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A line of a file in UTF-8, which can be cut into fields; valid until the next one is read. */
public final class Line {

    private static final int EXCERPT = 200;

    private byte[] bytes = {};
    private int start;
    private int end;
    private long offset;
    private long number;

    private int fields;
    private int[] starts = new int[64];
    private int[] ends = new int[64];

    Line() {}

    void set(byte[] source, int from, int to, long fileOffset, long lineNumber) {
        bytes = source;
        start = from;
        end = to > from && source[to - 1] == '\r' ? to - 1 : to;
        offset = fileOffset;
        number = lineNumber;
        fields = 0;
    }

    /** From 1. */
    public long number() {
        return number;
    }

    /** Where it begins in the file. */
    long offset() {
        return offset;
    }

    /** Whether there is nothing but spaces in it; tabs are something where they separate. */
    public boolean isBlank() {
        for (int i = start; i < end; i++) {
            if (bytes[i] != ' ') {
                return false;
            }
        }
        return true;
    }

    public String text() {
        return text(start, end);
    }

    /** The text, of a long line its beginning. */
    String excerpt() {
        return end - start <= EXCERPT ? text() : text(start, start + EXCERPT) + "...";
    }

    /** Cuts it into fields; returns how many there are. */
    public int cut(String separator) {
        fields = 0;
        int from = start;
        for (int i = start; i + separator.length() <= end; i++) {
            if (isAt(separator, i)) {
                add(from, i);
                i += separator.length() - 1;
                from = i + 1;
            }
        }
        add(from, end);
        return fields;
    }

    /** A field's text, after a cut. */
    public String text(int field) {
        return text(starts[field], ends[field]);
    }

    public boolean isEmpty(int field) {
        return starts[field] == ends[field];
    }

    /**
     * A field as a whole number.
     *
     * @throws NumberFormatException when it is none
     */
    public long whole(int field) {
        int from = starts[field];
        int to = ends[field];
        boolean negative = from < to && bytes[from] == '-';
        int first = negative ? from + 1 : from;
        if (first == to || to - first > 18) {
            throw new NumberFormatException(text(field));
        }
        long value = 0;
        for (int i = first; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                throw new NumberFormatException(text(field));
            }
            value = 10 * value + digit;
        }
        return negative ? -value : value;
    }

    private boolean isAt(String separator, int at) {
        for (int i = 0; i < separator.length(); i++) {
            if (bytes[at + i] != separator.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void add(int from, int to) {
        if (fields == starts.length) {
            starts = Arrays.copyOf(starts, 2 * fields);
            ends = Arrays.copyOf(ends, 2 * fields);
        }
        starts[fields] = from;
        ends[fields] = to;
        fields++;
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
