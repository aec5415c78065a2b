package io.millrace.model.version;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A JSON file that guards itself: its member {@code checksum} is the CRC32C of the file's own
 * bytes, as eight lower-case hexadecimal digits, computed while these digits are zeros. Its
 * outermost members are sorted.
 */
final class ChecksummedJson {

    private static final int MAX_BYTES = 16 << 20;
    private static final String MEMBER = "checksum";
    private static final byte[] MARK =
            ("\"" + MEMBER + "\" : \"").getBytes(StandardCharsets.US_ASCII);
    private static final String ZEROS = "00000000";

    private static final ObjectMapper MAPPER =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private ChecksummedJson() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** A copy that is equal to what a reader of the written node gets. */
    static JsonNode asRead(JsonNode node) {
        try {
            return MAPPER.readTree(MAPPER.writeValueAsBytes(node));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static byte[] write(ObjectNode content) {
        ObjectNode guarded = content.deepCopy().put(MEMBER, ZEROS);
        byte[] bytes = printed(guarded);
        int at = digitsAt(bytes);
        System.arraycopy(digits(checksum(bytes)), 0, bytes, at, ZEROS.length());
        return bytes;
    }

    /** The content of a file, without its checksum. */
    static ObjectNode read(VersionStorage storage, String file) throws IOException {
        try (InputStream in = storage.open(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new DamagedVersionException(
                        file, "it is larger than " + MAX_BYTES + " bytes");
            }
            return parse(bytes, file);
        } catch (NoSuchFileException missing) {
            throw new DamagedVersionException(file, "the file is missing", missing);
        }
    }

    static ObjectNode parse(byte[] bytes, String file) throws DamagedVersionException {
        verify(bytes, file);
        try {
            if (MAPPER.readTree(bytes) instanceof ObjectNode node) {
                if (!node.path(MEMBER).isTextual()) {
                    throw new DamagedVersionException(file, "it has no field " + MEMBER);
                }
                return node.without(MEMBER);
            }
            throw new DamagedVersionException(file, "it is not a JSON object");
        } catch (JsonProcessingException malformed) {
            throw new DamagedVersionException(
                    file, "it is not JSON: " + malformed.getOriginalMessage(), malformed);
        } catch (DamagedVersionException damaged) {
            throw damaged;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static void verify(byte[] bytes, String file) throws DamagedVersionException {
        int at = digitsAt(bytes);
        if (at < 0) {
            throw new DamagedVersionException(
                    file, "it has no checksum, so it is cut short or was edited");
        }
        byte[] found = Arrays.copyOfRange(bytes, at, at + ZEROS.length());
        byte[] zeroed = bytes.clone();
        Arrays.fill(zeroed, at, at + ZEROS.length(), (byte) '0');
        byte[] expected = digits(checksum(zeroed));
        if (!Arrays.equals(found, expected)) {
            throw new DamagedVersionException(
                    file,
                    "its checksum is "
                            + new String(expected, StandardCharsets.US_ASCII)
                            + " but it says "
                            + new String(found, StandardCharsets.ISO_8859_1));
        }
    }

    /** Where the checksum's digits are, or -1. */
    private static int digitsAt(byte[] bytes) {
        int length = MARK.length;
        for (int at = 0; at + length + ZEROS.length() <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + length, MARK, 0, length)) {
                return at + length;
            }
        }
        return -1;
    }

    private static byte[] printed(ObjectNode node) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        try {
            String text = MAPPER.writer(printer).writeValueAsString(sorted(node));
            return (text + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The members in order; what is inside them stays as it is, since there order may matter. */
    private static ObjectNode sorted(ObjectNode node) {
        ObjectNode sorted = object();
        node.properties().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(member -> sorted.set(member.getKey(), member.getValue()));
        return sorted;
    }

    private static long checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return crc.getValue();
    }

    private static byte[] digits(long checksum) {
        return String.format("%08x", checksum).getBytes(StandardCharsets.US_ASCII);
    }
}
