package io.millrace.model.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A column's slices, the same for all series, and the one that each example is in. */
final class SliceGroups {

    static final String MISSING = "(missing)";
    static final String OTHERS = "others";

    private static final int MOST_VALUES = 10;
    private static final List<String> SEEN = List.of("first", "2 to 10", "11 to 100", "over 100");

    private final String column;
    private final List<String> names;
    private final byte[] ofExample;

    private SliceGroups(String column, List<String> names, byte[] ofExample) {
        this.column = column;
        this.names = names;
        this.ofExample = ofExample;
    }

    /** Slices that have a judged example. */
    static SliceGroups of(SliceColumn column, Windows windows) {
        return column.bySeen() ? bySeen(column, windows) : byValue(column, windows);
    }

    private static SliceGroups byValue(SliceColumn column, Windows windows) {
        int[] codes = column.codes();
        int[] counts = new int[column.values().size()];
        long left = 0;
        for (int row = 0; row < codes.length; row++) {
            if (windows.of(row) >= 0) {
                counts[codes[row]]++;
                left++;
            }
        }
        byte[] groupOf = new byte[counts.length];
        Arrays.fill(groupOf, (byte) -1);
        List<String> names = new ArrayList<>();
        while (left > 0 && names.size() < MOST_VALUES) {
            int most = 0;
            for (int code = 1; code < counts.length; code++) {
                most = counts[code] > counts[most] ? code : most;
            }
            groupOf[most] = (byte) names.size();
            names.add(name(column.values().get(most)));
            left -= counts[most];
            counts[most] = 0;
        }
        byte others = (byte) names.size();
        if (left > 0) {
            names.add(OTHERS);
        }
        byte[] ofExample = new byte[codes.length];
        for (int row = 0; row < codes.length; row++) {
            byte group = groupOf[codes[row]];
            ofExample[row] = group < 0 ? others : group;
        }
        return new SliceGroups(column.name(), List.copyOf(names), ofExample);
    }

    private static SliceGroups bySeen(SliceColumn column, Windows windows) {
        int missing = column.values().indexOf("");
        int[] codes = column.codes();
        int[] seen = new int[column.values().size()];
        byte[] ofExample = new byte[codes.length];
        boolean[] used = new boolean[SEEN.size() + 1];
        for (int row = 0; row < codes.length; row++) {
            int count = ++seen[codes[row]];
            int group = codes[row] == missing ? SEEN.size() : seenGroup(count);
            ofExample[row] = (byte) group;
            used[group] |= windows.of(row) >= 0;
        }
        List<String> names = new ArrayList<>();
        byte[] renamed = new byte[used.length];
        for (int group = 0; group < used.length; group++) {
            renamed[group] = (byte) names.size();
            if (used[group]) {
                names.add(group < SEEN.size() ? SEEN.get(group) : MISSING);
            }
        }
        for (int row = 0; row < codes.length; row++) {
            ofExample[row] = renamed[ofExample[row]];
        }
        return new SliceGroups(column.name(), List.copyOf(names), ofExample);
    }

    private static int seenGroup(int count) {
        if (count == 1) {
            return 0;
        }
        return count <= 10 ? 1 : count <= 100 ? 2 : 3;
    }

    private static String name(String value) {
        return value.isEmpty() ? MISSING : value;
    }

    String column() {
        return column;
    }

    int count() {
        return names.size();
    }

    String name(int group) {
        return names.get(group);
    }

    /** The group of a judged example. */
    int of(int example) {
        return ofExample[example];
    }
}
