package io.millrace.model.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A committed file that a serialized form must equal. When a format changes on purpose, {@code mvn
 * test -pl model -Dgolden.write=true} writes them anew.
 */
final class GoldenFile {

    private static final Path FOLDER = Path.of("src/test/resources/golden/version");
    private static final boolean WRITE = Boolean.getBoolean("golden.write");

    private GoldenFile() {}

    static void assertEqual(String name, String content) throws IOException {
        Path file = FOLDER.resolve(name);
        if (WRITE) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, content);
        }
        assertThat(content).isEqualTo(Files.readString(file));
    }

    static String read(String name) throws IOException {
        return Files.readString(FOLDER.resolve(name));
    }
}
