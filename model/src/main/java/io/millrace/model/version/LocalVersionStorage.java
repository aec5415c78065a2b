package io.millrace.model.version;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Versions in a folder of a local or mounted file system. The file system must know hard links,
 * which is what makes {@link #putIfAbsent} atomic.
 */
public final class LocalVersionStorage implements VersionStorage {

    private static final String TEMPORARY = ".put-";
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");

    private final Path root;

    public LocalVersionStorage(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public OutputStream create(String path) throws IOException {
        Path file = resolve(path);
        return new DurableOutputStream(createNew(file));
    }

    @Override
    public InputStream open(String path) throws IOException {
        Path file = resolve(path);
        requireFile(file, path);
        return Files.newInputStream(file);
    }

    @Override
    public long size(String path) throws IOException {
        Path file = resolve(path);
        requireFile(file, path);
        return Files.size(file);
    }

    @Override
    public boolean putIfAbsent(String path, byte[] content) throws IOException {
        Path file = resolve(path);
        Path temporary = file.resolveSibling(TEMPORARY + UUID.randomUUID());
        try {
            try (OutputStream out = new DurableOutputStream(createNew(temporary))) {
                out.write(content);
            }
            return link(file, temporary);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    @Override
    public List<String> list(String folder) throws IOException {
        List<String> paths = new ArrayList<>();
        walk(
                resolve(folder),
                new DeletionTolerantVisitor() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (!file.getFileName().toString().startsWith(".")) {
                            paths.add(pathOf(file));
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        Collections.sort(paths);
        return paths;
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(resolve(path));
    }

    @Override
    public void delete(String path) throws IOException {
        walk(
                resolve(path),
                new DeletionTolerantVisitor() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path folder, @Nullable IOException failure) throws IOException {
                        Files.deleteIfExists(folder);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    @Override
    public String toString() {
        return root.toString();
    }

    private Path resolve(String path) {
        for (String segment : path.split("/", -1)) {
            if (!SEGMENT.matcher(segment).matches()) {
                throw new IllegalArgumentException(
                        "path \""
                                + path
                                + "\" is not relative with segments of letters, digits, '.', '_' "
                                + "and '-' that do not start with a dot");
            }
        }
        return root.resolve(path);
    }

    /** What else may stand there would be read without end, or fail without saying where. */
    private static void requireFile(Path file, String path) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException | AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            throw new DamagedVersionException(path, "it is no file that can be read: " + e, e);
        }
        if (!attributes.isRegularFile()) {
            throw new DamagedVersionException(
                    path,
                    "it is "
                            + (attributes.isDirectory() ? "a folder" : "a device or a pipe")
                            + " where a file was written");
        }
    }

    private String pathOf(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    private static boolean link(Path file, Path temporary) throws IOException {
        try {
            Files.createLink(file, temporary);
        } catch (FileAlreadyExistsException taken) {
            return false;
        } catch (UnsupportedOperationException unsupported) {
            throw new IOException(
                    file + ": this file system has no hard links, which versions need",
                    unsupported);
        }
        makeEntryDurable(file);
        return true;
    }

    private static FileChannel createNew(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    /** Forces the folder, so that the file's name survives a power failure too. */
    private static void makeEntryDurable(Path file) throws IOException {
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private static void walk(Path start, DeletionTolerantVisitor visitor) throws IOException {
        Files.walkFileTree(start, visitor);
    }

    /** Passes over what another process deletes during the walk. */
    private abstract static class DeletionTolerantVisitor extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }
    }

    /** Forces the file to disk when closed. */
    private static final class DurableOutputStream extends OutputStream {

        private final FileChannel channel;
        private final OutputStream out;

        DurableOutputStream(FileChannel channel) {
            this.channel = channel;
            out = Channels.newOutputStream(channel);
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            try (channel) {
                if (channel.isOpen()) {
                    channel.force(true);
                }
            }
        }
    }
}
