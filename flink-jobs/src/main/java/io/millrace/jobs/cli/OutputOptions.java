package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of every command that has a result. */
class OutputOptions {

    private static final String STANDARD_OUTPUT = "-";
    private static final JsonMapper JSON = new JsonMapper();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the result as JSON; - is the standard output.")
    private @Nullable String json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    /** Where to write what people read: not where the JSON goes. */
    final PrintWriter out() {
        return STANDARD_OUTPUT.equals(json)
                ? command.commandLine().getErr()
                : command.commandLine().getOut();
    }

    /** Where to say what is wrong. */
    PrintWriter err() {
        return command.commandLine().getErr();
    }

    /** The standard output, for results that are lines themselves. */
    PrintWriter standardOutput() {
        return command.commandLine().getOut();
    }

    boolean jsonOnStandardOutput() {
        return STANDARD_OUTPUT.equals(json);
    }

    JsonMapper mapper() {
        return JSON;
    }

    /** Fails before the run when a file to read is not there. */
    void checkFile(String option, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UsageException(option + " " + file + ": there is no such file to read");
        }
    }

    /** Fails before the run rather than after it when the JSON cannot be written. */
    void checkJson() {
        if (json == null || jsonOnStandardOutput()) {
            return;
        }
        checkWritable("--json", Path.of(json));
    }

    /** Whether the result is wanted as JSON. */
    boolean writesJson() {
        return json != null;
    }

    /** Fails before the run rather than after it when a file cannot be written; null passes. */
    void checkWritable(String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(file)) {
            throw new UsageException(
                    option
                            + " "
                            + file
                            + " is no file that can be written: is its directory there?");
        }
    }

    /** Writes the result if anyone asked for it. */
    void writeJson(ObjectNode result) throws IOException {
        if (json == null) {
            return;
        }
        ObjectWriter writer = JSON.writerWithDefaultPrettyPrinter();
        String text = writer.writeValueAsString(result);
        if (jsonOnStandardOutput()) {
            standardOutput().println(text);
            standardOutput().flush();
        } else {
            Files.writeString(Path.of(json), text + System.lineSeparator());
        }
    }

    /** Where to write a result that is lines of JSON; null when it is not wanted. */
    @Nullable PrintWriter jsonLines() throws IOException {
        if (json == null) {
            return null;
        }
        return jsonOnStandardOutput()
                ? standardOutput()
                : new PrintWriter(Files.newBufferedWriter(Path.of(json)));
    }

    /** Says a line to people. */
    final void say(String format, Object... values) {
        out().println(String.format(Locale.ROOT, format, values));
        out().flush();
    }
}
