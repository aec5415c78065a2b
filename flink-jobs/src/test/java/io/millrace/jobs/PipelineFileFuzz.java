package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.config.ModelSpecReader;
import io.millrace.model.config.ModelSpecWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Whatever stands in a pipeline file, the answer is a configuration, whose model can be written and
 * read back, or a complaint of one printable line that names the file and the line in it.
 */
abstract class PipelineFileFuzz {

    private static final int SHARE = 120;
    private static final long MOST_NANOS = 1_000_000_000;
    private static final Pattern COMPLAINT =
            Pattern.compile("f\\.yaml:[1-9][0-9]{0,6}: [^\\p{Cc}]{5,1003}");

    private static final String ALL_KEYS =
            """
            kafka: {bootstrap-servers: "a:1", properties: {acks: all}}
            topics: {impressions: i, partitions: 2}
            events: {format: json, max-bytes: 1MiB, max-ahead: 1h, out-of-orderness: 1s, idle-after: 5s}
            training: {trainers: 2, shards: 2, cache: 64MiB, max-parallelism: 128, torch-threads: 1}
            versions: {directory: v, every: 2s, base-every: 10, retain: 20}
            checkpoints: {directory: c}
            metrics: {every-examples: 10}
            scoring: {parallelism: 1}
            """;

    private static final String[] VALUES = {
        "",
        "~",
        "0",
        "-1",
        "1",
        "2",
        "0.5",
        "1e-320",
        "1e400",
        ".nan",
        "99999999999",
        "9".repeat(5000),
        "true",
        "yes",
        "user",
        "click",
        "rating",
        "dlrm",
        "adam",
        "\"\\x07\\e[2J\\u202e\"",
        "'" + "x".repeat(20_000) + "'",
        "[]",
        "{}",
        "[1, 2, 3]",
        "[50000, 50000]",
        "{a: 1}",
        "[" + "1, ".repeat(2000) + "1]",
        "[".repeat(3000),
        "{a: ".repeat(3000),
        "- ".repeat(3000),
        "&a [*a, *a]",
        "*a",
        "!!java.lang.Runtime {}",
        "|\n  text\n",
        "1h",
        "1GiB",
        "365d"
    };

    private static final String[] PIECES = {
        "\t",
        "\n",
        "  ",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        "&a ",
        "*a",
        "!!int ",
        "!<",
        "|",
        ">",
        "%YAML 9.9\n",
        "---\n",
        "...\n",
        "? ",
        "<<: ",
        "\\x",
        "\"\\U7fffffff\"",
        "\u0000",
        "\u001b",
        "\ud800",
        "\ufeff",
        "\u2028",
        "\u0085",
        "\r",
        "#",
        ",",
        "@",
        "`",
        "%TAG ! x:\n"
    };

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Random random = new Random(35);

    /** Inputs of all fuzz tests together. */
    abstract int inputs();

    @Test
    void pipelineFiles() throws IOException {
        List<String> files = new ArrayList<>();
        for (String example : List.of("clicks.yaml", "movielens.yaml")) {
            files.add(Files.readString(Path.of("../examples", example)));
        }
        files.add(TestModels.ratings("all") + ALL_KEYS);
        files.forEach(file -> assertThat(isAccepted(file)).isTrue());
        int accepted = 0;
        int count = inputs() / 1000 * SHARE;
        for (int i = 0; i < count; i++) {
            String text = mutated(files.get(i % files.size()));
            long before = threads.getCurrentThreadCpuTime();
            try {
                accepted += isAccepted(text) ? 1 : 0;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("file " + i + ":\n" + text, e);
            }
            if (threads.getCurrentThreadCpuTime() - before > MOST_NANOS) {
                throw new AssertionError("file " + i + " took more than a second:\n" + text);
            }
        }
        assertThat(accepted).as("accepted of " + count).isBetween(count / 100, count / 2);
    }

    private static boolean isAccepted(String text) {
        PipelineConfig config;
        try {
            config = PipelineConfigReader.read(text, "f.yaml");
        } catch (ConfigException e) {
            String message = String.valueOf(e.getMessage());
            if (!COMPLAINT.matcher(message).matches()) {
                throw new AssertionError("this is no complaint: " + message, e);
            }
            return false;
        }
        String written = ModelSpecWriter.write(config.model()).toString();
        if (!ModelSpecReader.read(ConfigNode.parse(written, "again")).equals(config.model())) {
            throw new AssertionError("not read back as it was written: " + written);
        }
        return true;
    }

    private String mutated(String file) {
        StringBuilder text = new StringBuilder(file);
        for (int edits = 1 + random.nextInt(3); edits > 0 && text.length() > 1; edits--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(9)) {
                case 0 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(20)));
                case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
                case 2 -> text.setCharAt(at, (char) random.nextInt(1 << 16));
                case 3 -> repeatLine(text, at);
                case 4 -> text.setLength(random.nextInt(8) == 0 ? at : text.length());
                default -> replaceValue(text, at);
            }
        }
        return text.toString();
    }

    /** Puts another value between a colon and the next comma, bracket or end of line. */
    private void replaceValue(StringBuilder text, int from) {
        int colon = text.indexOf(":", from);
        if (colon < 0) {
            return;
        }
        int end = colon + 1;
        while (end < text.length() && ",}]\n".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        text.replace(colon + 1, end, " " + VALUES[random.nextInt(VALUES.length)]);
    }

    private static void repeatLine(StringBuilder text, int at) {
        int start = text.lastIndexOf("\n", at) + 1;
        int end = text.indexOf("\n", at);
        if (end > start) {
            text.insert(start, text.substring(start, end + 1));
        }
    }
}
