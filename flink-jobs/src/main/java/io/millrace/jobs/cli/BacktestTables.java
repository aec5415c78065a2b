package io.millrace.jobs.cli;

import io.millrace.jobs.cli.backtest.Figures;
import io.millrace.jobs.history.History;
import io.millrace.jobs.history.KafkaHistory;
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
            profiles(one).forEach(name -> wanted.add(table(one, name)));
        }
        SortedMap<String, Long> read = counts();
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
        SortedMap<String, Long> counts = counts();
        List<String> missing =
                profiles(entrant).stream()
                        .filter(name -> !counts.containsKey(table(entrant, name)))
                        .toList();
        if (missing.isEmpty()) {
            return "";
        }
        String what =
                missing.size() == 1
                        ? "its profile " + missing.get(0) + " counts as missing: "
                        : "its profiles " + String.join(" and ", missing) + " count as missing: ";
        List<String> tables =
                missing.stream().map(name -> table(entrant, name)).distinct().toList();
        if (isOfTopics()) {
            return what
                    + (tables.size() == 1
                            ? "no record of topic " + tables.get(0) + " is read"
                            : "no record of topics " + String.join(" and ", tables) + " is read");
        }
        return what + source + " has no record of " + (missing.size() == 1 ? "it" : "them");
    }

    /** Without those of which there is none. */
    private SortedMap<String, Long> counts() {
        SortedMap<String, Long> counts = new TreeMap<>(history.profiles());
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    private String table(BacktestEntrant entrant, String profile) {
        return history.table(entrant.config(), profile);
    }

    /** Then tables are topics, which may have fewer records than offsets. */
    private boolean isOfTopics() {
        return history instanceof KafkaHistory;
    }

    private static List<String> profiles(BacktestEntrant entrant) {
        return entrant.config().model().stream().profiles().stream().map(Profile::name).toList();
    }

    private String text(Map<String, Long> counts) {
        List<String> texts = new ArrayList<>();
        counts.forEach(
                (table, count) ->
                        texts.add(
                                (isOfTopics() ? "at most " : "")
                                        + Figures.count(count, "record")
                                        + (isOfTopics() ? " of topic " : " of the profile ")
                                        + table));
        return String.join(" and ", texts);
    }
}
