package io.millrace.model.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.parameter.RowBuffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class RowFileTest {

    private static final int FIRST_ROW = RowFormat.HEADER_BYTES;
    private static final int BUFFER = 1 << 16;
    private static final int TAG_AND_HEAD = 1 + RowFormat.ROW_HEAD_BYTES;

    @Test
    void usageExample() throws IOException {
        VersionStorage storage = new MemoryVersionStorage();
        PartInfo part;
        try (RowFileWriter writer = RowFileWriter.create(storage, "clicks/1/part-3.rows", 3)) {
            writer.add(7, row(5, 1000, 0.5f, -1f), 2);
            writer.addTombstone(9, 1, 2000);
            part = writer.finish();
        }

        try (RowFileReader reader = RowFileReader.open(storage, part)) {
            assertThat(reader.next()).isTrue();
            assertThat(reader.key()).isEqualTo(7);
            assertThat(reader.examples()).isEqualTo(5);
            assertThat(reader.lastEventTime()).isEqualTo(1000);
            assertThat(reader.tombstone()).isFalse();
            assertThat(Arrays.copyOf(reader.weights(), reader.width())).containsExactly(0.5f, -1f);
            assertThat(reader.next()).isTrue();
            assertThat(reader.key()).isEqualTo(9);
            assertThat(reader.tombstone()).isTrue();
            assertThat(reader.next()).isFalse();
            assertThat(reader.next()).isFalse();
        }
        assertThat(part.shard()).isEqualTo(3);
        assertThat(part.rows()).isEqualTo(2);
    }

    @Test
    void hasTheseBytes() throws IOException {
        byte[] file = sample();

        GoldenFile.assertEqual("row-file.hex", HexFormat.of().formatHex(file) + "\n");
        assertThat(read(file)).isEqualTo(3);
    }

    @Test
    void aCandidateHasItsHeaderAndNoWeights() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RowFileWriter writer = new RowFileWriter(out, "x", 0);
        RowBuffer candidate = row(3, 4000, 9, 9);
        candidate.candidate = true;
        writer.add(7, candidate, 2);
        writer.add(8, row(5, 1000, 0.5f, -1f), 2);
        writer.finish();

        assertThat(out.toByteArray()[FIRST_ROW]).isEqualTo((byte) 3);
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        RowFileWriter merged = new RowFileWriter(copy, "y", 0);
        try (RowFileReader reader = reader(out.toByteArray())) {
            reader.next();
            assertThat(reader.candidate()).isTrue();
            assertThat(reader.tombstone()).isFalse();
            assertThat(reader.examples()).isEqualTo(3);
            assertThat(reader.lastEventTime()).isEqualTo(4000);
            assertThat(reader.width()).isZero();
            merged.add(reader);
            reader.next();
            assertThat(reader.candidate()).isFalse();
            merged.add(reader);
        }
        merged.finish();
        assertThat(copy.toByteArray()).isEqualTo(out.toByteArray());
    }

    @Test
    void leavesOptimizerStateOut() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RowFileWriter writer = new RowFileWriter(out, "x", 0);
        float[] slab = {99, 99, 1, 2, 88, 88};
        writer.add(1, new RowBuffer().over(slab, 2, 4), 2);
        writer.finish();

        try (RowFileReader reader = reader(out.toByteArray())) {
            reader.next();
            assertThat(Arrays.copyOf(reader.weights(), reader.width())).containsExactly(1f, 2f);
        }
    }

    @Test
    void takesRowsLargerThanItsBuffers() throws IOException {
        float[] weights = new float[RowFormat.MAX_WIDTH];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RowFileWriter writer = new RowFileWriter(out, "x", 0);
        for (int key = 0; key < 5; key++) {
            writer.add(key, row(1, 1, weights), weights.length);
        }
        writer.finish();

        try (RowFileReader reader = reader(out.toByteArray())) {
            for (int key = 0; key < 5; key++) {
                assertThat(reader.next()).isTrue();
                assertThat(reader.weights()).startsWith(weights);
            }
            assertThat(reader.next()).isFalse();
        }
    }

    /** Files whose rows end a little before, exactly at, and a little after a buffer's end. */
    @Test
    void writesTheSameBytesWhereverItsBufferEnds() throws IOException {
        for (int over = -60; over <= 60; over += 4) {
            // Four rows of four-byte weights, since the head of a row is an odd number of bytes.
            int floats = (BUFFER + over - FIRST_ROW - 4 * TAG_AND_HEAD) / Float.BYTES;
            assertWritten(floats / 4, floats / 4, floats / 4, floats - 3 * (floats / 4));
            assertWritten(1, 1, 1, floats - 3);
            assertWritten(1, floats - 3, 1, 1, 0, 5, 0);
            assertWritten(floats - 3, 0, 1, 1, floats, 1);
        }
        // One row alone that is as long as the buffer, nearly.
        int nearly = (BUFFER - TAG_AND_HEAD) / Float.BYTES;
        for (int width = nearly - 4; width <= nearly + 4; width++) {
            assertWritten(width);
            assertWritten(width, width, 0, width);
            assertWritten(3, width, RowFormat.MAX_WIDTH, 3, width);
        }
        assertWritten();
    }

    @Test
    void writesManyRowsAtATime() throws IOException {
        int[] writes = new int[1];
        ByteArrayOutputStream out =
                new ByteArrayOutputStream() {
                    @Override
                    public synchronized void write(byte[] bytes, int from, int length) {
                        writes[0]++;
                        super.write(bytes, from, length);
                    }
                };
        RowFileWriter writer = new RowFileWriter(out, "x", 0);
        for (int key = 0; key < 10_000; key++) {
            writer.add(key, row(1, 1, 1f, 2f), 2);
        }
        writer.finish();

        assertThat(writes[0]).isLessThanOrEqualTo(out.size() / BUFFER + 3);
    }

    @Test
    void ordersKeysAsUnsignedNumbers() throws IOException {
        RowFileWriter writer = new RowFileWriter(new ByteArrayOutputStream(), "x", 0);
        writer.add(Long.MAX_VALUE, row(1, 1, 1f), 1);
        writer.add(Long.MIN_VALUE, row(1, 1, 1f), 1);
        writer.add(-1, row(1, 1, 1f), 1);

        assertThatThrownBy(() -> writer.add(-1, row(1, 1, 1f), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ascending order");
        assertThatThrownBy(() -> writer.addTombstone(0, 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesRowsThatDoNotFit() throws IOException {
        RowFileWriter writer = new RowFileWriter(new ByteArrayOutputStream(), "x", 0);
        RowBuffer wide = row(1, 1, new float[RowFormat.MAX_WIDTH + 1]);

        assertThatThrownBy(() -> writer.add(1, wide, wide.size))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65535");
        assertThatThrownBy(() -> writer.add(1, wide, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.add(1, row(1, 1, 1f), 2))
                .isInstanceOf(IllegalArgumentException.class);
        writer.finish();
        assertThatThrownBy(() -> writer.add(2, row(1, 1, 1f), 1))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        byte[] file = sample();
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> read(cut))
                    .isInstanceOf(DamagedVersionException.class)
                    .hasMessageContaining("file.rows: it ends after " + length + " bytes");
        }
    }

    @Test
    void refusesEveryFlippedBit() throws IOException {
        byte[] file = sample();
        for (int bit = 0; bit < file.length * 8; bit++) {
            byte[] flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> read(flipped))
                    .as("bit %d", bit)
                    .isInstanceOf(VersionException.class)
                    .hasMessageStartingWith("file.rows: ");
        }
    }

    @Test
    void refusesRandomBytes() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            if (i % 2 == 0) {
                byte[] header = HexFormat.of().parseHex("4d494c4c524f575301000000");
                System.arraycopy(header, 0, noise, 0, Math.min(header.length, noise.length));
            }
            assertThatThrownBy(() -> read(noise)).isInstanceOf(DamagedVersionException.class);
        }
    }

    @Test
    void refusesAFileThatWasNeverFinished() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (RowFileWriter writer = new RowFileWriter(out, "x", 0)) {
            writer.add(1, row(1, 1, 1f), 1);
        }

        assertThatThrownBy(() -> read(out.toByteArray()))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageContaining("ends after");
    }

    @Test
    void refusesWhatFollowsTheEnd() throws IOException {
        byte[] file = sample();

        assertThatThrownBy(() -> read(Arrays.copyOf(file, file.length + 1)))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageContaining("after its end");
    }

    @Test
    void refusesAContentThatIsWrongThoughItsChecksumIsRight() throws IOException {
        assertRefused(file -> file.putInt(8, 2), IncompatibleVersionException.class, "format 2");
        assertRefused(file -> file.put(FIRST_ROW, (byte) 9), "unknown tag 9");
        assertRefused(file -> file.put(FIRST_ROW, RowFormat.TOMBSTONE), "tombstone 5 has width 2");
        assertRefused(file -> file.putLong(FIRST_ROW + 1, 6), "out of order");
        assertRefused(file -> file.putLong(FIRST_ROW + 1, -1), "out of order");
        assertRefused(
                file -> file.putShort(FIRST_ROW + TAG_AND_HEAD - 2, (short) 0),
                "row 5 has width 0");
        assertRefused(file -> file.putLong(file.capacity() - 12, 4), "3 rows but says 4");
    }

    @Test
    void refusesAnotherFileThanTheOnePublished() throws IOException {
        MemoryVersionStorage storage = new MemoryVersionStorage();
        byte[] file = sample();
        storage.replace("m/p", file);
        long checksum = Integer.toUnsignedLong(little(file).getInt(file.length - 4));
        PartInfo right = new PartInfo("m/p", 0, 3, file.length, checksum);
        readAll(RowFileReader.open(storage, right));

        for (PartInfo wrong :
                new PartInfo[] {
                    new PartInfo("m/p", 0, 4, file.length, checksum),
                    new PartInfo("m/p", 0, 3, file.length + 1, checksum),
                    new PartInfo("m/p", 0, 3, file.length, checksum ^ 1)
                }) {
            assertThatThrownBy(() -> readAll(RowFileReader.open(storage, wrong)))
                    .isInstanceOf(DamagedVersionException.class)
                    .hasMessageContaining("not the file that was published");
        }
        assertThatThrownBy(() -> RowFileReader.open(storage, new PartInfo("m/q", 0, 0, 0, 0)))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageContaining("m/q: the file is missing");
    }

    /**
     * Writes rows of these widths, 0 for a tombstone, and compares with the format's definition.
     */
    private static void assertWritten(int... widths) throws IOException {
        int floats = Arrays.stream(widths).sum();
        ByteBuffer expected =
                little(
                        new byte
                                [FIRST_ROW
                                        + widths.length * TAG_AND_HEAD
                                        + floats * Float.BYTES
                                        + 1
                                        + RowFormat.TRAILER_BYTES]);
        expected.putLong(RowFormat.MAGIC).putInt(RowFormat.FORMAT_VERSION);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RowFileWriter writer = new RowFileWriter(out, "x", 0);
        for (int i = 0; i < widths.length; i++) {
            expected.put(widths[i] == 0 ? RowFormat.TOMBSTONE : RowFormat.ROW);
            expected.putLong(i).putLong(10 + i).putLong(20 + i).putShort((short) widths[i]);
            float[] weights = new float[widths[i]];
            for (int w = 0; w < weights.length; w++) {
                weights[w] = i + 1f / (1 + w);
                expected.putFloat(weights[w]);
            }
            if (weights.length == 0) {
                writer.addTombstone(i, 10 + i, 20 + i);
            } else {
                writer.add(i, row(10 + i, 20 + i, weights), weights.length);
            }
        }
        PartInfo part = writer.finish();
        expected.put(RowFormat.END).putLong(widths.length);
        CRC32C checksum = new CRC32C();
        checksum.update(expected.array(), 0, expected.position());
        expected.putInt((int) checksum.getValue());

        assertThat(Arrays.equals(out.toByteArray(), expected.array()))
                .as("bytes of rows of widths %s", Arrays.toString(widths))
                .isTrue();
        assertThat(part)
                .isEqualTo(
                        new PartInfo(
                                "x", 0, widths.length, expected.capacity(), checksum.getValue()));
        assertThat(read(out.toByteArray())).isEqualTo(widths.length);
    }

    private static void assertRefused(Consumer<ByteBuffer> change, String message)
            throws IOException {
        assertRefused(change, DamagedVersionException.class, message);
    }

    private static void assertRefused(
            Consumer<ByteBuffer> change, Class<? extends VersionException> type, String message)
            throws IOException {
        byte[] file = sample();
        change.accept(little(file));
        CRC32C checksum = new CRC32C();
        checksum.update(file, 0, file.length - 4);
        little(file).putInt(file.length - 4, (int) checksum.getValue());

        assertThatThrownBy(() -> read(file)).isInstanceOf(type).hasMessageContaining(message);
    }

    /** Rows 5 and 6, and a tombstone for the largest key. */
    private static byte[] sample() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RowFileWriter writer = new RowFileWriter(out, "x", 0);
        writer.add(5, row(12, 1_700_000_000_000L, 1f, -0.5f), 2);
        writer.add(6, row(1, 1_700_000_000_001L, Float.MIN_VALUE), 1);
        writer.addTombstone(-1, 3, 1_600_000_000_000L);
        PartInfo part = writer.finish();
        assertThat(part.bytes()).isEqualTo(out.size());
        return out.toByteArray();
    }

    private static RowBuffer row(long examples, long lastEventTime, float... weights) {
        RowBuffer row = new RowBuffer().over(weights, 0, weights.length);
        row.examples = examples;
        row.lastEventTime = lastEventTime;
        return row;
    }

    private static int read(byte[] file) throws IOException {
        return readAll(reader(file));
    }

    private static RowFileReader reader(byte[] file) throws IOException {
        return RowFileReader.of(new ByteArrayInputStream(file), "file.rows");
    }

    private static int readAll(RowFileReader reader) throws IOException {
        try (reader) {
            int rows = 0;
            while (reader.next()) {
                rows++;
            }
            return rows;
        }
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
