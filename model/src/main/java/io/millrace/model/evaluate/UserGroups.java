package io.millrace.model.evaluate;

import java.util.Arrays;

/** The judged examples, side by side for each user of a window. */
final class UserGroups {

    private final int[] order;
    private final int[] ends;
    private final int largest;

    private UserGroups(int[] order, int[] ends, int largest) {
        this.order = order;
        this.ends = ends;
        this.largest = largest;
    }

    static UserGroups of(Windows windows, long[] users) {
        int[] next = new int[windows.count() + 1];
        for (int row = 0; row < users.length; row++) {
            int window = windows.of(row);
            if (window >= 0) {
                next[window + 1]++;
            }
        }
        for (int window = 0; window < windows.count(); window++) {
            next[window + 1] += next[window];
        }
        int[] order = new int[next[windows.count()]];
        for (int row = 0; row < users.length; row++) {
            int window = windows.of(row);
            if (window >= 0) {
                order[next[window]++] = row;
            }
        }
        Splitter splitter = new Splitter(users, order);
        int from = 0;
        for (int window = 0; window < windows.count(); window++) {
            splitter.split(from, next[window]);
            from = next[window];
        }
        return new UserGroups(
                order, Arrays.copyOf(splitter.ends, splitter.groups), splitter.largest);
    }

    int count() {
        return ends.length;
    }

    /** Number of examples of the largest group. */
    int largest() {
        return largest;
    }

    /** Place of a group's first example. */
    int start(int group) {
        return group == 0 ? 0 : ends[group - 1];
    }

    /** Place behind a group's last example. */
    int end(int group) {
        return ends[group];
    }

    int example(int place) {
        return order[place];
    }

    /** Brings equal users together, a window at a time, by a table with open addressing. */
    private static final class Splitter {

        private final long[] users;
        private final int[] order;
        private int[] ends = new int[1024];
        private int groups;
        private int largest;

        /** The user's index in the window + 1; 0 where there is none. */
        private int[] slots = new int[0];

        private int[] userOf = new int[0];
        private int[] firstOf = new int[0];
        private int[] places = new int[0];
        private int[] moved = new int[0];

        Splitter(long[] users, int[] order) {
            this.users = users;
            this.order = order;
        }

        void split(int from, int to) {
            int size = to - from;
            int table = Integer.highestOneBit(size) * 4;
            reserve(size, table);
            int found = 0;
            for (int i = 0; i < size; i++) {
                int slot = slot(users[order[from + i]], table - 1);
                if (slots[slot] == 0) {
                    firstOf[found] = order[from + i];
                    places[found] = 0;
                    slots[slot] = ++found;
                }
                userOf[i] = slots[slot] - 1;
                places[userOf[i]]++;
            }
            int end = 0;
            for (int user = 0; user < found; user++) {
                int count = places[user];
                places[user] = end;
                end += count;
                largest = Math.max(largest, count);
                addEnd(from + end);
            }
            for (int i = 0; i < size; i++) {
                moved[places[userOf[i]]++] = order[from + i];
            }
            System.arraycopy(moved, 0, order, from, size);
        }

        private int slot(long user, int mask) {
            int slot = (int) ((user * 0x9E3779B97F4A7C15L) >>> 32) & mask;
            while (slots[slot] != 0 && users[firstOf[slots[slot] - 1]] != user) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        private void reserve(int size, int table) {
            if (userOf.length < size) {
                userOf = new int[size];
                firstOf = new int[size];
                places = new int[size];
                moved = new int[size];
            }
            if (slots.length < table) {
                slots = new int[table];
            } else {
                Arrays.fill(slots, 0, table, 0);
            }
        }

        private void addEnd(int end) {
            if (groups == ends.length) {
                ends = Arrays.copyOf(ends, ends.length + ends.length / 2);
            }
            ends[groups++] = end;
        }
    }
}
