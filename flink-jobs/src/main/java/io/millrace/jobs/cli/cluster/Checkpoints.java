package io.millrace.jobs.cli.cluster;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;

/** What jobs left in a directory of checkpoints, on any file system that Flink knows. */
public final class Checkpoints {

    /** Flink writes it last, in one step: a checkpoint that has it is complete. */
    private static final String METADATA = "_metadata";

    private Checkpoints() {}

    /**
     * The complete checkpoint that was written last, as a path or URI; empty when there is none.
     *
     * @param directory a path or URI; in it a folder for each job, and in those the checkpoints
     */
    public static Optional<String> newest(String directory) throws IOException {
        Path root = new Path(directory);
        FileSystem files = root.getFileSystem();
        FileStatus newest = null;
        for (FileStatus job : foldersIn(files, root)) {
            for (FileStatus checkpoint : foldersIn(files, job.getPath())) {
                FileStatus metadata = metadata(files, checkpoint.getPath());
                if (metadata != null
                        && (newest == null
                                || metadata.getModificationTime() > newest.getModificationTime())) {
                    newest = metadata;
                }
            }
        }
        return Optional.ofNullable(newest).map(metadata -> text(metadata.getPath().getParent()));
    }

    private static FileStatus[] foldersIn(FileSystem files, Path directory) throws IOException {
        FileStatus[] found;
        try {
            found = files.listStatus(directory);
        } catch (FileNotFoundException e) {
            found = null;
        }
        return found == null ? new FileStatus[0] : found;
    }

    private static @Nullable FileStatus metadata(FileSystem files, Path checkpoint)
            throws IOException {
        try {
            return files.getFileStatus(new Path(checkpoint, METADATA));
        } catch (FileNotFoundException e) {
            return null;
        }
    }

    private static String text(Path path) {
        return "file".equals(path.toUri().getScheme()) ? path.getPath() : path.toString();
    }
}
