package io.millrace.jobs.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory for the files of one run.
 *
 * @param path the directory
 * @param kept whether it outlives the run; otherwise it is deleted on close, with all in it
 */
public record Workspace(Path path, boolean kept) implements AutoCloseable {

    /**
     * A new one in the system's temporary directory, named after this process, deleted on close.
     */
    public static Workspace temporary() {
        try {
            String prefix = "millrace-" + ProcessHandle.current().pid() + "-";
            return new Workspace(Files.createTempDirectory(prefix), false);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary directory", e);
        }
    }

    /** This directory, which stays; created when it is missing. */
    public static Workspace kept(Path path) {
        try {
            return new Workspace(Files.createDirectories(path), true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create the directory " + path, e);
        }
    }

    @Override
    public void close() {
        if (!kept) {
            delete(path);
        }
    }

    private static void delete(Path root) {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(root)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException alreadyGone) {
            // As good as deleted.
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + root, e);
        }
    }
}
