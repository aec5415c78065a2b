package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Committed bytes of a serialized form, as hexadecimal text. When a form changes on purpose, {@code
 * mvn test -pl model -Dgolden.write=true} writes them anew.
 */
public final class GoldenBytes {

    private static final Path FOLDER = Path.of("src/test/resources/golden");
    private static final boolean WRITE = Boolean.getBoolean("golden.write");
    private static final HexFormat HEX = HexFormat.of();

    private GoldenBytes() {}

    /** Asserts that {@code actual} are the committed bytes, or writes them. */
    public static void assertUnchanged(String name, byte[] actual) {
        if (WRITE) {
            write(name, actual);
        }
        assertThat(HEX.formatHex(actual)).isEqualTo(HEX.formatHex(read(name)));
    }

    /** The committed bytes of this name, such as {@code parameter/row}. */
    public static byte[] read(String name) {
        try {
            return HEX.parseHex(Files.readString(file(name), StandardCharsets.US_ASCII).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(String name, byte[] bytes) {
        try {
            Files.createDirectories(file(name).getParent());
            Files.writeString(file(name), HEX.formatHex(bytes) + "\n", StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(String name) {
        return FOLDER.resolve(name + ".hex");
    }
}
