package io.millrace.schemas.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Payloads that somebody has tampered with, from a seed. */
final class PayloadMutations {

    private static final int AVRO_HEADER = 10;

    private static final String[] JSON_PIECES = {
        "null",
        "true",
        "-1",
        "1e400",
        "-1e-400",
        "0.1e1",
        "-0.0",
        "9".repeat(30),
        "9".repeat(1200),
        "NaN",
        "\"NaN\"",
        "\"-Infinity\"",
        "\"\"",
        "\"\\ud800\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ude00\\ud83d\"",
        "\"\\u0000\\u001b[2J\\u202e\"",
        "\"" + "x".repeat(3000) + "\"",
        "[]",
        "{}",
        "[\"a\",\"b\"]",
        "[\"a\",null,1]",
        "{\"a\":{\"b\":[]}}",
        "[".repeat(1500),
        "{\"a\":".repeat(1500),
        "\"user\":\"twice\",",
        "\"\u0007\"",
        "/* */",
        "\u2028",
        ",",
        ":",
        "}",
        "]",
        "\"",
        "\\"
    };

    private final Random random;

    PayloadMutations(Random random) {
        this.random = random;
    }

    byte[] ofAvro(byte[] valid, byte[] ofAnotherType) {
        return switch (random.nextInt(10)) {
            case 0 -> bytes(random.nextInt(300));
            case 1 -> joined(Arrays.copyOf(valid, AVRO_HEADER), bytes(random.nextInt(300)));
            case 2 -> Arrays.copyOf(valid, random.nextInt(valid.length));
            case 3 -> flipped(valid, 0);
            case 4, 5 -> flipped(valid, AVRO_HEADER);
            case 6 -> claiming(valid);
            case 7 -> joined(Arrays.copyOf(ofAnotherType, AVRO_HEADER), body(valid));
            case 8 -> joined(Arrays.copyOf(valid, AVRO_HEADER), body(ofAnotherType));
            default -> respliced(valid, AVRO_HEADER);
        };
    }

    byte[] ofJson(byte[] valid) {
        byte[] payload = valid;
        for (int edits = 1 + random.nextInt(3); edits > 0 && payload.length > 1; edits--) {
            payload = editedJson(payload);
        }
        return payload;
    }

    private byte[] editedJson(byte[] valid) {
        byte[] piece = JSON_PIECES[random.nextInt(JSON_PIECES.length)].getBytes(UTF_8);
        return switch (random.nextInt(9)) {
            case 0 -> Arrays.copyOf(valid, random.nextInt(valid.length));
            case 1 -> flipped(valid, 0);
            case 2 -> respliced(valid, 0);
            case 3 -> replaced(valid, random.nextInt(valid.length), 0, piece);
            case 4 ->
                    replaced(valid, random.nextInt(valid.length), 1, bytes(1 + random.nextInt(4)));
            default -> otherValue(valid, piece);
        };
    }

    /** In place of what stands between a colon and the next comma or bracket. */
    private byte[] otherValue(byte[] json, byte[] piece) {
        int from = random.nextInt(json.length);
        while (from < json.length && json[from] != ':') {
            from++;
        }
        int to = from + 1;
        while (to < json.length && ",}]".indexOf(json[to]) < 0) {
            to++;
        }
        return to >= json.length ? json : replaced(json, from + 1, to - from - 1, piece);
    }

    private byte[] flipped(byte[] valid, int from) {
        byte[] payload = valid.clone();
        for (int flips = 1 + random.nextInt(3); flips > 0 && from < valid.length; flips--) {
            payload[from + random.nextInt(valid.length - from)] ^= (byte) (1 << random.nextInt(8));
        }
        return payload;
    }

    /** A length, a count or a number of any size, somewhere behind the header. */
    private byte[] claiming(byte[] valid) {
        int at = AVRO_HEADER + random.nextInt(valid.length - AVRO_HEADER);
        byte[] claim = varint(random.nextLong() >> random.nextInt(64));
        return replaced(valid, at, random.nextInt(2), claim);
    }

    /** A stretch of it is left out, or there twice. */
    private byte[] respliced(byte[] valid, int from) {
        int start = from + random.nextInt(valid.length - from);
        int length = Math.min(valid.length - start, 1 + random.nextInt(30));
        byte[] stretch = Arrays.copyOfRange(valid, start, start + length);
        return random.nextBoolean()
                ? replaced(valid, start, length, new byte[0])
                : replaced(valid, start, 0, stretch);
    }

    private static byte[] replaced(byte[] whole, int at, int length, byte[] by) {
        int end = Math.min(whole.length, at + length);
        return joined(Arrays.copyOf(whole, at), by, Arrays.copyOfRange(whole, end, whole.length));
    }

    private static byte[] body(byte[] avro) {
        return Arrays.copyOfRange(avro, AVRO_HEADER, avro.length);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    /** Avro's long: zigzag, then 7 bits a byte from the lowest. */
    private static byte[] varint(long value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long bits = (value << 1) ^ (value >> 63);
        while ((bits & ~0x7fL) != 0) {
            bytes.write((int) ((bits & 0x7f) | 0x80));
            bits >>>= 7;
        }
        bytes.write((int) bits);
        return bytes.toByteArray();
    }
}
