package io.millrace.model.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalVersionStorageTest extends VersionStorageContract {

    @TempDir Path folder;

    @Override
    VersionStorage newStorage() {
        return new LocalVersionStorage(folder.resolve("versions"));
    }

    @Test
    void leavesNoTemporaryFiles() throws IOException {
        VersionStorage storage = newStorage();
        storage.putIfAbsent("a/b", new byte[] {1});
        storage.putIfAbsent("a/b", new byte[] {2});

        try (Stream<Path> files = Files.list(folder.resolve("versions/a"))) {
            assertThat(files).containsExactly(folder.resolve("versions/a/b"));
        }
    }
}
