package io.millrace.schemas.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Events that are on topics today must be readable for ever, so their bytes are pinned. When an
 * encoding changes on purpose, {@code mvn test -pl schemas -Dgolden.write=true} writes the files
 * anew.
 */
class GoldenBytesTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final boolean WRITE = Boolean.getBoolean("golden.write");

    @ParameterizedTest
    @MethodSource("io.millrace.schemas.codec.SampleEvent#all")
    <T extends SpecificRecord> void avroBytesArePinned(SampleEvent<T> sample) throws Exception {
        HexFormat hex = HexFormat.of();
        byte[] encoded = sample.encoded(EventFormat.AVRO);
        String golden = golden(sample + ".avro.hex", hex.formatHex(encoded) + "\n");

        assertThat(hex.formatHex(encoded)).isEqualTo(golden.strip());
        assertThat(sample.codec(EventFormat.AVRO).decode(hex.parseHex(golden.strip())))
                .isEqualTo(sample.event());
    }

    @ParameterizedTest
    @MethodSource("io.millrace.schemas.codec.SampleEvent#all")
    <T extends SpecificRecord> void jsonBytesArePinned(SampleEvent<T> sample) throws Exception {
        String encoded = new String(sample.encoded(EventFormat.JSON), UTF_8);
        String golden = golden(sample + ".json", encoded + "\n");

        assertThat(encoded).isEqualTo(golden.strip());
        assertThat(sample.codec(EventFormat.JSON).decode(golden.getBytes(UTF_8)))
                .isEqualTo(sample.event());
    }

    @Test
    void fingerprintsArePinned() throws IOException {
        String fingerprints =
                Schemas.current().stream()
                        .map(schema -> schema.getName() + " " + fingerprint(schema) + "\n")
                        .collect(Collectors.joining());

        assertThat(fingerprints).isEqualTo(golden("fingerprints.txt", fingerprints));
    }

    @Test
    void everySchemaHasASample() {
        assertThat(SampleEvent.all().stream().map(sample -> sample.event().getSchema()))
                .containsExactlyElementsOf(Schemas.current());
    }

    private static String fingerprint(Schema schema) {
        return Schemas.hex(Schemas.fingerprint(schema));
    }

    private static String golden(String name, String actual) throws IOException {
        Path file = GOLDEN.resolve(name);
        if (WRITE) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, actual);
        }
        return Files.readString(file);
    }
}
