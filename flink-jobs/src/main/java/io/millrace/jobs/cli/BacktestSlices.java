package io.millrace.jobs.cli;

import io.millrace.model.evaluate.Outcomes;
import io.millrace.model.evaluate.SliceColumn;
import java.util.HashSet;
import java.util.List;

/**
 * By what examples are to be grouped.
 *
 * @param names each a field of the events, or {@code new:} and a field
 */
record BacktestSlices(List<String> names) {

    private static final String BY_SEEN = "new:";

    BacktestSlices {
        names = List.copyOf(names);
        for (String name : names) {
            String field = field(name);
            if (field.isBlank() || field.contains(":")) {
                throw new UsageException(
                        "--slice: expected a field of the events such as position, or new: and a"
                                + " field such as new:user for how often its value came before,"
                                + " found \""
                                + name
                                + "\"");
            }
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw new UsageException("--slice: name each of " + names + " once");
        }
    }

    /** The fields whose values must be recorded. */
    List<String> fields() {
        return names.stream().map(BacktestSlices::field).distinct().toList();
    }

    /** The same outcomes, grouped as asked for. */
    Outcomes of(Outcomes outcomes) {
        List<SliceColumn> columns = names.stream().map(name -> column(name, outcomes)).toList();
        return new Outcomes(
                outcomes.objective(),
                outcomes.series(),
                outcomes.times(),
                outcomes.users(),
                outcomes.labels(),
                outcomes.weights(),
                outcomes.predictions(),
                columns);
    }

    /** The fields that no example has a value of, as when a name is misspelt. */
    List<String> absent(Outcomes outcomes) {
        return outcomes.slices().stream()
                .filter(column -> column.values().stream().allMatch(String::isEmpty))
                .map(SliceColumn::name)
                .toList();
    }

    private static SliceColumn column(String name, Outcomes outcomes) {
        SliceColumn recorded =
                outcomes.slices().stream()
                        .filter(column -> column.name().equals(field(name)))
                        .findFirst()
                        .orElseThrow();
        return new SliceColumn(name, name.startsWith(BY_SEEN), recorded.values(), recorded.codes());
    }

    private static String field(String name) {
        return name.startsWith(BY_SEEN) ? name.substring(BY_SEEN.length()) : name;
    }
}
