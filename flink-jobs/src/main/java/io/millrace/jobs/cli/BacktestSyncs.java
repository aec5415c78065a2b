package io.millrace.jobs.cli;

import io.millrace.jobs.train.Sync;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.TypeConversionException;

/**
 * How often serving weights are to follow the trained ones.
 *
 * @param names as they were asked for
 */
record BacktestSyncs(List<String> names) {

    static final String AT_ONCE = "0";
    static final String NEVER = "never";

    /** Any instant stands for that of {@code never} as long as it is not known. */
    private static final long UNKNOWN = 0;

    BacktestSyncs {
        names = List.copyOf(names);
        List<Sync> read = new ArrayList<>();
        for (String name : names) {
            Sync sync = sync(name, UNKNOWN);
            if (read.contains(sync)) {
                throw new UsageException(
                        "--sync: "
                                + name
                                + " is the same as "
                                + names.get(read.indexOf(sync))
                                + ", name it once");
            }
            read.add(sync);
        }
    }

    boolean hasNever() {
        return names.contains(NEVER);
    }

    /**
     * @param judgeFrom before which {@code never} follows for the last time
     * @param outOfOrderness by which event time stays behind the largest time: so much earlier,
     *     what is judged comes behind that sync
     */
    List<Sync> from(long judgeFrom, Duration outOfOrderness) {
        long last = judgeFrom - outOfOrderness.toMillis();
        return names.stream().map(name -> sync(name, last)).toList();
    }

    private static Sync sync(String name, long last) {
        if (name.equals(AT_ONCE)) {
            return new Sync.AtOnce();
        }
        if (name.equals(NEVER)) {
            return new Sync.Once(last);
        }
        try {
            return new Sync.Every(new DurationConverter().convert(name));
        } catch (TypeConversionException e) {
            throw new UsageException(
                    "--sync: expected 0 for at once, an interval such as 30s, 5m, 1h or 1d, or"
                            + " never, found \""
                            + name
                            + "\"");
        }
    }
}
