package io.millrace.jobs;

import io.millrace.jobs.kill.KillPlace;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What runs that were killed ended with, a column for each number of trainers and shards. */
final class KillTable {

    private final long examplesNeeded;
    private final SortedMap<String, Column> columns = new TreeMap<>();

    KillTable(long examplesNeeded) {
        this.examplesNeeded = examplesNeeded;
    }

    void add(int trainers, int shards, KillRun.Outcome outcome, boolean undisturbed) {
        columns.computeIfAbsent(trainers + "x" + shards, unused -> new Column())
                .add(outcome, examplesNeeded, undisturbed);
    }

    long kills() {
        return total(Column::kills);
    }

    Set<KillPlace> places() {
        Set<KillPlace> places = EnumSet.noneOf(KillPlace.class);
        columns.values().forEach(column -> places.addAll(column.byPlace.keySet()));
        return places;
    }

    void print(PrintStream out) {
        out.printf("%-40s", "killed at");
        columns.keySet().forEach(shape -> out.printf("%12s", shape));
        out.printf("%12s%n", "all");
        for (KillPlace place : KillPlace.values()) {
            line(out, place.toString(), column -> column.byPlace.getOrDefault(place, 0));
        }
        line(out, "kills", Column::kills);
        line(out, "runs", column -> column.runs);
        line(out, "examples needed", column -> column.needed);
        line(out, "examples trained, replays included", column -> column.trained);
        line(out, "rows compared", column -> column.rows);
        line(out, "runs that differ", column -> column.mismatches);
    }

    private void line(PrintStream out, String name, ToLongFunction<Column> value) {
        out.printf("%-40s", name);
        columns.values().forEach(column -> out.printf("%,12d", value.applyAsLong(column)));
        out.printf("%,12d%n", total(value));
    }

    private long total(ToLongFunction<Column> value) {
        return columns.values().stream().mapToLong(value).sum();
    }

    private static final class Column {
        final Map<KillPlace, Integer> byPlace = new EnumMap<>(KillPlace.class);
        long runs;
        long needed;
        long trained;
        long rows;
        long mismatches;

        void add(KillRun.Outcome outcome, long examplesNeeded, boolean undisturbed) {
            outcome.kills().forEach((place, times) -> byPlace.merge(place, times, Integer::sum));
            runs++;
            needed += examplesNeeded;
            trained += outcome.trained();
            rows += outcome.counts().size();
            mismatches += undisturbed ? 0 : 1;
        }

        long kills() {
            return byPlace.values().stream().mapToLong(Integer::longValue).sum();
        }
    }
}
