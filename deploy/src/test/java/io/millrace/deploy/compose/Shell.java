package io.millrace.deploy.compose;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs of this machine in the project's root. */
final class Shell {

    /** How a program ended, and what it wrote to its output and its errors. */
    record Result(int exitCode, String output) {}

    private Shell() {}

    /** The output of a program that must succeed. */
    static String run(Map<String, String> environment, Duration limit, List<String> command) {
        Result result = attempt(environment, limit, command);
        if (result.exitCode() != 0) {
            throw new AssertionError(
                    String.join(" ", command)
                            + " ended with "
                            + result.exitCode()
                            + ":\n"
                            + result.output());
        }
        return result.output();
    }

    /** A program that is not there ends with 127, as in a shell; one over its time with 124. */
    static Result attempt(Map<String, String> environment, Duration limit, List<String> command) {
        Path output = null;
        try {
            output = Files.createTempFile("millrace-shell", ".out");
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .directory(Project.ROOT.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            return await(start(builder), limit, output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(output);
        }
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            return null;
        }
    }

    private static Result await(Process process, Duration limit, Path output) throws IOException {
        if (process == null) {
            return new Result(127, "there is no such program");
        }
        boolean ended;
        try {
            ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        }
        return new Result(
                ended ? process.exitValue() : 124,
                Files.readString(output, StandardCharsets.UTF_8));
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
