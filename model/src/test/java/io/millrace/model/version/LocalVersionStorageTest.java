package io.millrace.model.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
    void opensNothingButFiles() throws IOException {
        VersionStorage storage = newStorage();
        storage.putIfAbsent("a/file", new byte[] {1});
        Path a = folder.resolve("versions/a");
        Files.createDirectory(a.resolve("folder"));
        Files.createSymbolicLink(a.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(a.resolve("endless"), Path.of("/dev/zero"));
        Files.createSymbolicLink(a.resolve("nowhere"), Path.of("gone"));
        Files.createSymbolicLink(a.resolve("link"), Path.of("file"));

        assertThat(storage.open("a/link").readAllBytes()).containsExactly(1);
        assertRefused(storage, "a/folder", "it is a folder");
        assertRefused(storage, "a/endless", "it is a device or a pipe");
        assertRefused(storage, "a/loop", "it is no file that can be read");
        assertRefused(storage, "a/file/part", "it is no file that can be read");
        assertThatThrownBy(() -> storage.open("a/nowhere")).isInstanceOf(NoSuchFileException.class);
    }

    private static void assertRefused(VersionStorage storage, String path, String reason) {
        assertThatThrownBy(() -> storage.open(path))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageStartingWith(path + ": " + reason);
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
