package io.millrace.jobs.cli.backtest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The script of Chart.js (MIT License), which draws the curves of pages; its first lines say so.
 */
final class ChartScript {

    private static final String JAR = "/META-INF/maven/org.webjars.npm/chart.js/pom.properties";
    private static final String SCRIPT =
            "/META-INF/resources/webjars/chart.js/%s/dist/chart.umd.min.js";

    private ChartScript() {}

    /** The text between the tags of a script element. */
    static String text() {
        Properties jar = new Properties();
        try (InputStream in = open(JAR)) {
            jar.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + JAR, e);
        }
        // The map that its last line names is not there.
        return resource(SCRIPT.formatted(jar.getProperty("version")))
                .lines()
                .filter(line -> !line.startsWith("//# sourceMappingURL"))
                .collect(Collectors.joining("\n"));
    }

    /** A resource as text; a name without a slash is beside this class. */
    static String resource(String name) {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }

    private static InputStream open(String name) {
        InputStream in = ChartScript.class.getResourceAsStream(name);
        if (in == null) {
            throw new IllegalStateException(name + " is not on the class path");
        }
        return in;
    }
}
