package io.millrace.model.version;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * Where versions live: files in a flat namespace of relative paths with {@code /} between their
 * segments, be it a folder or an object store. Safe for use by several threads and processes.
 *
 * <p>A segment consists of letters, digits, {@code .}, {@code _} and {@code -}, and does not start
 * with a dot; any other path is an {@link IllegalArgumentException}.
 */
public interface VersionStorage {

    /**
     * Creates a file and the folders above it. The content is durable once the stream is closed;
     * readers may see a part of it before.
     *
     * @throws java.nio.file.FileAlreadyExistsException when the path is taken
     */
    OutputStream create(String path) throws IOException;

    /**
     * Opens a file.
     *
     * @throws java.nio.file.NoSuchFileException when there is none
     * @throws DamagedVersionException when something else than a file is in its place
     */
    InputStream open(String path) throws IOException;

    /**
     * The length of a file, in bytes.
     *
     * @throws java.nio.file.NoSuchFileException when there is none
     * @throws DamagedVersionException when something else than a file is in its place
     */
    long size(String path) throws IOException;

    /**
     * Creates a file with this content, in one step: readers see all of it or nothing, and of all
     * that try exactly one gets true.
     *
     * @return false when the path is taken; the file there is left as it is
     */
    boolean putIfAbsent(String path, byte[] content) throws IOException;

    /** The paths of all files below a folder, at any depth, sorted; empty when there is none. */
    List<String> list(String folder) throws IOException;

    boolean exists(String path) throws IOException;

    /** Deletes a file, or a folder with all below it; does nothing when there is none. */
    void delete(String path) throws IOException;
}
