package io.millrace.model.evaluate;

import java.util.Arrays;

/**
 * The windows of event time, aligned to the epoch, and the judged examples in each. Only windows
 * that hold one exist, so a single time far away costs nothing.
 */
final class Windows {

    /**
     * Where there are more windows, neighbours are drawn together, so that intervals and tests cost
     * no more than for this many.
     */
    private static final int MOST_UNITS = 200;

    private final long length;
    private final long from;
    private final long to;
    private final long[] numbers;
    private final int[] ofExample;

    private Windows(long length, long from, long to, long[] numbers, int[] ofExample) {
        this.length = length;
        this.from = from;
        this.to = to;
        this.numbers = numbers;
        this.ofExample = ofExample;
    }

    /**
     * @param times of all examples, roughly in order
     */
    static Windows of(long[] times, EvaluationSettings settings) {
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        boolean any = false;
        for (long time : times) {
            if (settings.judges(time)) {
                from = Math.min(from, time);
                to = Math.max(to, time);
                any = true;
            }
        }
        if (!any) {
            from = settings.judgeFrom();
            to = settings.judgeFrom();
        }
        long length =
                settings.window() == null
                        ? WindowLength.automatic(from, to)
                        : settings.window().toMillis();
        long[] numbers = numbers(times, settings, length);
        int[] ofExample = new int[times.length];
        int window = -1;
        for (int row = 0; row < times.length; row++) {
            if (!settings.judges(times[row])) {
                ofExample[row] = -1;
                continue;
            }
            long number = Math.floorDiv(times[row], length);
            if (window < 0 || numbers[window] != number) {
                window = Arrays.binarySearch(numbers, number);
            }
            ofExample[row] = window;
        }
        return new Windows(length, from, to, numbers, ofExample);
    }

    /**
     * The distinct window numbers, ascending. Times in order change the number only now and then.
     */
    private static long[] numbers(long[] times, EvaluationSettings settings, long length) {
        long[] seen = new long[64];
        int count = 0;
        for (long time : times) {
            long number = Math.floorDiv(time, length);
            if (!settings.judges(time) || (count > 0 && seen[count - 1] == number)) {
                continue;
            }
            if (count == seen.length) {
                count = distinct(seen, count);
                seen = Arrays.copyOf(seen, Math.max(seen.length, 2 * count));
            }
            seen[count++] = number;
        }
        return Arrays.copyOf(seen, distinct(seen, count));
    }

    /** Sorts the first numbers and drops what is there twice; how many are left. */
    private static int distinct(long[] numbers, int count) {
        Arrays.sort(numbers, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (kept == 0 || numbers[kept - 1] != numbers[i]) {
                numbers[kept++] = numbers[i];
            }
        }
        return kept;
    }

    int count() {
        return numbers.length;
    }

    /** Length, milliseconds. */
    long length() {
        return length;
    }

    /** The first judged time. */
    long from() {
        return from;
    }

    /** The last judged time. */
    long to() {
        return to;
    }

    /** Index of an example's window, -1 where the example is not judged. */
    int of(int example) {
        return ofExample[example];
    }

    long start(int window) {
        return time(numbers[window]);
    }

    /** Exclusive. */
    long end(int window) {
        return time(numbers[window] + 1);
    }

    private long time(long number) {
        long high = Math.multiplyHigh(number, length);
        long low = number * length;
        if (high == low >> 63) {
            return low;
        }
        return number < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /** Number of what bootstrap and test draw: windows, or runs of neighbouring windows. */
    int units() {
        return count() == 0 ? 0 : unit(count() - 1) + 1;
    }

    int unit(int window) {
        int together = (count() + MOST_UNITS - 1) / MOST_UNITS;
        return window / together;
    }
}
