package io.millrace.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of docs/metrics.md. */
record MetricsPage(String text, List<Row> rows) {

    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| (\\w+) \\| .*");
    private static final Pattern FULL_NAME = Pattern.compile("flink_(job|task)manager_\\w+\\w");
    private static final String FLINK = "Flink's own";

    static MetricsPage read() throws IOException {
        String text = Files.readString(PAGE);
        List<Row> rows = new ArrayList<>();
        String heading = "";
        for (String line : text.lines().toList()) {
            Matcher row = ROW.matcher(line);
            if (line.startsWith("## ")) {
                heading = line.substring(3);
            } else if (row.matches()) {
                rows.add(new Row(heading, row.group(1), row.group(2)));
            }
        }
        return new MetricsPage(text, List.copyOf(rows));
    }

    /** Those that the jobs register themselves. */
    List<Row> own() {
        return rows.stream().filter(row -> !row.operator().equals(FLINK)).toList();
    }

    /** Those that Flink registers. */
    List<Row> ofFlink() {
        return rows.stream().filter(row -> row.operator().equals(FLINK)).toList();
    }

    /** All names in Prometheus that are spelled out anywhere on the page. */
    Set<String> fullNames() {
        Set<String> names = new TreeSet<>();
        Matcher name = FULL_NAME.matcher(text);
        while (name.find()) {
            if (!name.group().endsWith("operator_")) {
                names.add(name.group().replaceFirst("_count$", ""));
            }
        }
        return names;
    }

    /**
     * A metric on the page.
     *
     * @param operator the heading
     */
    record Row(String operator, String name, String type) {}
}
