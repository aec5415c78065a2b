package io.millrace.model.version;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Versions in memory, whose bytes a test may change. */
public final class MemoryVersionStorage implements VersionStorage {

    private final SortedMap<String, byte[]> files = new ConcurrentSkipListMap<>();

    @Override
    public OutputStream create(String path) throws FileAlreadyExistsException {
        if (!putIfAbsent(path, new byte[0])) {
            throw new FileAlreadyExistsException(path);
        }
        return new ByteArrayOutputStream() {
            @Override
            public void close() {
                files.put(path, toByteArray());
            }
        };
    }

    @Override
    public InputStream open(String path) throws NoSuchFileException {
        return new ByteArrayInputStream(bytes(path));
    }

    @Override
    public long size(String path) throws NoSuchFileException {
        return bytes(path).length;
    }

    @Override
    public boolean putIfAbsent(String path, byte[] content) {
        checkPath(path);
        return files.putIfAbsent(path, content.clone()) == null;
    }

    @Override
    public List<String> list(String folder) {
        checkPath(folder);
        return files.keySet().stream().filter(path -> path.startsWith(folder + "/")).toList();
    }

    @Override
    public boolean exists(String path) {
        checkPath(path);
        return files.containsKey(path);
    }

    @Override
    public void delete(String path) {
        checkPath(path);
        files.keySet().removeIf(file -> file.equals(path) || file.startsWith(path + "/"));
    }

    /** The content of a file, not a copy. */
    public byte[] bytes(String path) throws NoSuchFileException {
        checkPath(path);
        byte[] content = files.get(path);
        if (content == null) {
            throw new NoSuchFileException(path);
        }
        return content;
    }

    /** Puts a file in place of what is there. */
    public void replace(String path, byte[] content) {
        files.put(path, content);
    }

    private static void checkPath(String path) {
        if (!path.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")) {
            throw new IllegalArgumentException(path);
        }
    }
}
