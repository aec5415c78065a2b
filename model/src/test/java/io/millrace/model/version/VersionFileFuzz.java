package io.millrace.model.version;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * Whatever is in a version's file, the answer is its content, which can be written again, or a
 * refusal that names the file in one printable sentence.
 */
abstract class VersionFileFuzz {

    private static final String FILE = "the-file";
    private static final int SHARE = 60;
    private static final long MOST_NANOS = 1_000_000_000;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Random random = new Random(33);

    /** Inputs of all fuzz tests together. */
    abstract int inputs();

    @Test
    void manifests() throws IOException {
        MemoryVersionStorage storage = new MemoryVersionStorage();
        SampleModel model = new SampleModel(storage, 3);
        model.publish(1, null);
        byte[] valid = model.publish(2, 1L).toBytes();
        fuzz(
                () -> random.nextInt(3) == 0 ? damaged(valid) : edited(valid),
                bytes -> {
                    Manifest read = Manifest.fromBytes(bytes, FILE);
                    assertThat(Manifest.fromBytes(read.toBytes(), FILE)).isEqualTo(read);
                });
    }

    @Test
    void rowFiles() throws IOException {
        MemoryVersionStorage storage = new MemoryVersionStorage();
        byte[] valid = storage.bytes(rowFile(storage));
        fuzz(
                () -> random.nextInt(3) == 0 ? damaged(valid) : checksummed(damaged(valid)),
                bytes -> {
                    List<List<Float>> rows = new ArrayList<>();
                    ByteArrayOutputStream again = new ByteArrayOutputStream();
                    try (RowFileReader row = RowFileReader.of(in(bytes), FILE);
                            RowFileWriter writer = new RowFileWriter(again, FILE, 0)) {
                        while (row.next()) {
                            rows.add(SampleModel.content(row));
                            writer.add(row);
                        }
                        writer.finish();
                    }
                    try (RowFileReader row = RowFileReader.of(in(again.toByteArray()), FILE)) {
                        for (List<Float> expected : rows) {
                            assertThat(row.next()).isTrue();
                            assertThat(SampleModel.content(row)).isEqualTo(expected);
                        }
                        assertThat(row.next()).isFalse();
                    }
                });
    }

    private static String rowFile(MemoryVersionStorage storage) throws IOException {
        return new SampleModel(storage, 4).publish(1, null).parts().get(0).path();
    }

    private void fuzz(Inputs inputs, Reading reading) throws IOException {
        int accepted = 0;
        int count = inputs() / 1000 * SHARE;
        for (int i = 0; i < count; i++) {
            byte[] bytes = inputs.next();
            long before = threads.getCurrentThreadCpuTime();
            try {
                reading.read(bytes);
                accepted++;
            } catch (VersionException e) {
                String message = String.valueOf(e.getMessage());
                if (!message.startsWith(FILE + ": ")
                        || message.length() > 1010
                        || message.chars().anyMatch(Character::isISOControl)) {
                    throw new AssertionError(shown(i, bytes) + " led to: " + message);
                }
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError(shown(i, bytes), e);
            }
            if (threads.getCurrentThreadCpuTime() - before > MOST_NANOS) {
                throw new AssertionError(shown(i, bytes) + " took more than a second");
            }
        }
        assertThat(accepted).as("accepted of " + count).isBetween(count / 200, count * 3 / 4);
    }

    private byte[] damaged(byte[] valid) {
        return switch (random.nextInt(5)) {
            case 0 -> Arrays.copyOf(valid, random.nextInt(valid.length));
            case 1 -> Arrays.copyOf(valid, valid.length + 1 + random.nextInt(50));
            case 2 -> noise();
            default -> flipped(valid);
        };
    }

    private byte[] noise() {
        byte[] noise = new byte[random.nextInt(400)];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] flipped(byte[] valid) {
        byte[] bytes = valid.clone();
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    /** With a trailer whose checksum is right. */
    private static byte[] checksummed(byte[] rowFile) {
        if (rowFile.length < 4) {
            return rowFile;
        }
        byte[] bytes = rowFile.clone();
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length - 4, (int) crc.getValue());
        return bytes;
    }

    /** With other values in some fields, and a checksum that is right. */
    private byte[] edited(byte[] manifest) throws IOException {
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(manifest);
        for (int edits = 1 + random.nextInt(2); edits > 0; edits--) {
            edit(json);
        }
        json.remove("checksum");
        return ChecksummedJson.write(json);
    }

    private void edit(ObjectNode node) {
        List<Map.Entry<String, JsonNode>> fields = List.copyOf(node.properties());
        if (fields.isEmpty()) {
            node.put("new", 1);
            return;
        }
        Map.Entry<String, JsonNode> field = fields.get(random.nextInt(fields.size()));
        JsonNode value = field.getValue();
        if (value instanceof ArrayNode array && !array.isEmpty()) {
            value = array.get(random.nextInt(array.size()));
        }
        if (value instanceof ObjectNode inner && random.nextInt(4) > 0) {
            edit(inner);
            return;
        }
        String name = field.getKey();
        long number = value.asLong();
        switch (random.nextInt(12)) {
            case 0 -> node.remove(name);
            case 1 -> node.put(name, number + 1);
            case 2 -> node.put(name, -number - 1);
            case 3 -> node.put(name, random.nextLong() >> random.nextInt(64));
            case 4 -> node.put(name, random.nextGaussian() * Math.pow(10, random.nextInt(300)));
            case 5 -> node.put(name, new String(noise(), UTF_8));
            case 6 -> node.put(name, "\u0000\u001b\ud800\u2028" + name.repeat(random.nextInt(500)));
            case 7 -> node.putNull(name);
            case 8 -> node.putArray(name).add(number);
            case 9 -> node.putObject(name).put("a\u0007b", true);
            case 10 -> node.put(name + "\n", 1);
            default -> node.put(name, name);
        }
    }

    private static ByteArrayInputStream in(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    private static String shown(int i, byte[] bytes) {
        return "input " + i + " " + HexFormat.of().formatHex(bytes);
    }

    private interface Inputs {
        byte[] next() throws IOException;
    }

    private interface Reading {
        void read(byte[] bytes) throws IOException;
    }
}
