package io.millrace.jobs.version;

import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.VersionStorage;
import java.io.Serializable;
import java.nio.file.Path;

/** Where versions are kept, as an operator carries it; all task managers must see the same path. */
public record VersionDirectory(String path) implements Serializable {

    public VersionStorage open() {
        return new LocalVersionStorage(Path.of(path));
    }
}
