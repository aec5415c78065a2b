package io.millrace.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** What a cancelled job left in its directory of checkpoints. */
final class Checkpoints {

    /** A job's folder, then the checkpoint's. */
    private static final int DEPTH = 2;

    private Checkpoints() {}

    /** The one written last; empty when there is none, or the directory is not a local one. */
    static Optional<Path> newest(String directory) throws IOException {
        if (directory.contains("://") || !Files.isDirectory(Path.of(directory))) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.walk(Path.of(directory), DEPTH)) {
            return folders.filter(folder -> Files.exists(folder.resolve("_metadata")))
                    .max(Comparator.comparingLong(folder -> writtenAt(folder)));
        }
    }

    private static long writtenAt(Path checkpoint) {
        return checkpoint.resolve("_metadata").toFile().lastModified();
    }
}
