package io.millrace.jobs.version;

import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.VersionStorage;
import java.net.URI;
import java.nio.file.Path;

/**
 * Where versions are kept, as an operator carries it: an absolute path, which all task managers
 * must see.
 */
public record VersionDirectory(String path) implements VersionStorageFactory {

    /**
     * @param pathOrUri a path, relative to the working directory of this process, or a {@code
     *     file:} URI
     * @throws IllegalArgumentException for a URI of another scheme
     */
    public static VersionDirectory of(String pathOrUri) {
        if (pathOrUri.startsWith("file:")) {
            return new VersionDirectory(Path.of(URI.create(pathOrUri)).toString());
        }
        if (pathOrUri.contains("://")) {
            throw new IllegalArgumentException(
                    "versions.directory is "
                            + pathOrUri
                            + "; versions can be kept in a directory that all processes see, given as"
                            + " a path or a file: URI");
        }
        return new VersionDirectory(Path.of(pathOrUri).toAbsolutePath().normalize().toString());
    }

    @Override
    public VersionStorage open() {
        return new LocalVersionStorage(Path.of(path));
    }
}
