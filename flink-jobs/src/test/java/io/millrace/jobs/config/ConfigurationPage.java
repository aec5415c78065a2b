package io.millrace.jobs.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * docs/configuration.md: its tables are made of what the readers ask for, and of what a key means,
 * which stands on the page alone and is kept.
 */
record ConfigurationPage(List<String> lines) {

    private static final String HEADING = "### ";
    private static final String TABLE = "| Key | Type | Default | Meaning |";
    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z0-9-]+)` \\| .*? \\| .*? \\|(?: (.*))? \\|");

    /** The headings with a table, in the page's order. */
    List<String> headings() {
        List<String> headings = new ArrayList<>();
        String heading = "";
        for (String line : lines) {
            if (line.startsWith(HEADING)) {
                heading = line.substring(HEADING.length());
            } else if (line.equals(TABLE)) {
                headings.add(heading);
            }
        }
        return headings;
    }

    /** What each key means, by heading and key. */
    Map<String, Map<String, String>> meanings() {
        Map<String, Map<String, String>> meanings = new LinkedHashMap<>();
        String heading = "";
        for (String line : lines) {
            Matcher row = ROW.matcher(line);
            if (line.startsWith(HEADING)) {
                heading = line.substring(HEADING.length());
            } else if (row.matches()) {
                meanings.computeIfAbsent(heading, unused -> new LinkedHashMap<>())
                        .put(row.group(1), Optional.ofNullable(row.group(2)).orElse(""));
            }
        }
        return meanings;
    }

    /** The page as it should be. */
    ConfigurationPage generated() {
        Map<String, Map<String, String>> meanings = meanings();
        List<String> generated = new ArrayList<>();
        String heading = "";
        for (String line : lines) {
            if (ROW.matcher(line).matches()) {
                continue;
            }
            generated.add(line);
            if (line.startsWith(HEADING)) {
                heading = line.substring(HEADING.length());
            } else if (line.startsWith("|---") && isTable(generated)) {
                generated.addAll(rows(heading, meanings.getOrDefault(heading, Map.of())));
            }
        }
        return new ConfigurationPage(generated);
    }

    private static boolean isTable(List<String> lines) {
        return lines.get(lines.size() - 2).equals(TABLE);
    }

    /** In the order in which the readers ask. */
    private static List<String> rows(String heading, Map<String, String> meanings) {
        List<String> rows = new ArrayList<>();
        new AskedKeys(heading)
                .keys()
                .forEach(
                        (name, key) -> {
                            String meaning = meanings.getOrDefault(name, "");
                            rows.add(
                                    "| `%s` | %s | %s |%s |"
                                            .formatted(
                                                    name,
                                                    key.type(),
                                                    key.byDefault(),
                                                    meaning.isEmpty() ? "" : " " + meaning));
                        });
        return rows;
    }
}
