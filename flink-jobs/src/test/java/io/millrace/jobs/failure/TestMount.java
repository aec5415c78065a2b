package io.millrace.jobs.failure;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A small file system of its own, which can be made read-only or full: permissions do not stop a
 * test that runs as root. Making one takes the right to mount.
 */
final class TestMount implements AutoCloseable {

    private final Path directory;
    private final Thread atShutdown;

    private TestMount(Path directory) {
        this.directory = directory;
        atShutdown = new Thread(this::unmount);
        Runtime.getRuntime().addShutdownHook(atShutdown);
    }

    /** Mounts one, or skips the test, with the reason, where that is not allowed. */
    static TestMount at(Path directory, int mebibytes) throws Exception {
        Files.createDirectories(directory);
        String refusal =
                run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", directory);
        Assumptions.assumeTrue(
                refusal.isEmpty(), "this test needs the right to mount a tmpfs: " + refusal);
        return new TestMount(directory);
    }

    /** Waits for a moment in which no file is open for writing. */
    void makeReadOnly() throws Exception {
        Wait.until(
                directory + " to become read-only",
                Duration.ofSeconds(120),
                () -> run("mount", "-o", "remount,ro", directory).isEmpty(),
                () -> "");
    }

    void makeWritable() throws Exception {
        require(run("mount", "-o", "remount,rw", directory));
    }

    /** Fills it to the last byte; returns the file that does. */
    Path fill() throws IOException {
        Path file = directory.resolve("filler");
        byte[] zeros = new byte[4096];
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(zeros);
            }
        } catch (IOException full) {
            return file;
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atShutdown);
        unmount();
    }

    private void unmount() {
        try {
            require(run("umount", "-l", directory));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void require(String refusal) {
        if (!refusal.isEmpty()) {
            throw new IllegalStateException(refusal);
        }
    }

    /** What it complained of; empty when it succeeded. */
    private static String run(Object... words) throws Exception {
        List<String> command = new ArrayList<>();
        for (Object word : words) {
            command.add(word.toString());
        }
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException absent) {
            return absent.getMessage();
        }
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        return process.waitFor() == 0 ? "" : String.join(" ", command) + ": " + output;
    }
}
