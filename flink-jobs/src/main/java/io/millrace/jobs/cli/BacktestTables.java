package io.millrace.jobs.cli;

import io.millrace.jobs.cli.backtest.Figures;
import io.millrace.jobs.history.History;
import io.millrace.model.stream.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the recorded profiles are to the pipelines, in words.
 *
 * @param source names the history
 */
record BacktestTables(List<BacktestEntrant> entrants, History history, String source) {

    /** How many there are that a pipeline reads, and how many that none does; perhaps no lines. */
    List<String> lines() {
        Set<String> wanted = new TreeSet<>();
        for (BacktestEntrant one : entrants) {
            profiles(one).forEach(name -> wanted.add(history.table(one.config(), name)));
        }
        SortedMap<String, Long> read = new TreeMap<>(history.profiles());
        read.values().removeIf(count -> count == 0);
        SortedMap<String, Long> unread = new TreeMap<>(read);
        read.keySet().retainAll(wanted);
        unread.keySet().removeAll(wanted);
        List<String> lines = new ArrayList<>();
        if (!read.isEmpty()) {
            lines.add("with " + text(read));
        }
        if (!unread.isEmpty()) {
            lines.add("without " + text(unread) + ", which no pipeline reads");
        }
        return lines;
    }

    /** That profiles of a pipeline are missing; empty when none is. */
    String missing(BacktestEntrant entrant) {
        List<String> missing =
                profiles(entrant).stream()
                        .filter(
                                name ->
                                        history.profiles()
                                                        .getOrDefault(
                                                                history.table(
                                                                        entrant.config(), name),
                                                                0L)
                                                == 0)
                        .toList();
        if (missing.isEmpty()) {
            return "";
        }
        return missing.size() == 1
                ? "its profile %s counts as missing: %s has no record of it"
                        .formatted(missing.get(0), source)
                : "its profiles %s count as missing: %s has no record of them"
                        .formatted(String.join(" and ", missing), source);
    }

    private static List<String> profiles(BacktestEntrant entrant) {
        return entrant.config().model().stream().profiles().stream().map(Profile::name).toList();
    }

    private static String text(Map<String, Long> counts) {
        List<String> texts = new ArrayList<>();
        counts.forEach(
                (table, count) ->
                        texts.add(Figures.count(count, "record") + " of the profile " + table));
        return String.join(" and ", texts);
    }
}
