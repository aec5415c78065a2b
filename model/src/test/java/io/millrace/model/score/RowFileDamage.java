package io.millrace.model.score;

import io.millrace.model.parameter.ParameterKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Row files that are whole, with counts and checksums that are right, but break a rule that is
 * behind these. Edits that break none, such as another weight, make another consistent version and
 * are not among them.
 */
final class RowFileDamage {

    private static final int HEADER = 12;
    private static final int TRAILER = 13;
    private static final byte ROW = 1;
    private static final byte TOMBSTONE = 2;

    private final Random random;
    private final List<Row> rows = new ArrayList<>();
    private long magic;
    private int format;
    private long countOff;
    private byte[] bytes = new byte[0];

    RowFileDamage(byte[] intact, Random random) {
        this.random = random;
        rows.addAll(rows(intact));
        ByteBuffer header = ByteBuffer.wrap(intact).order(ByteOrder.LITTLE_ENDIAN);
        magic = header.getLong();
        format = header.getInt();
    }

    /**
     * Says otherwise of a row that is in another part of the same version, or makes any other
     * damage.
     */
    String applyOrTake(byte[] otherPart) {
        List<Row> others = rows(otherPart);
        if (others.isEmpty() || random.nextInt(3) > 0) {
            return apply();
        }
        Row taken = others.get(random.nextInt(others.size()));
        float[] weights = taken.weights.clone();
        for (int i = 0; i < weights.length; i++) {
            weights[i]++;
        }
        add(new Row(taken.tag, taken.key, weights, taken.width));
        return "a row of another part";
    }

    /** Breaks one rule; says which. */
    String apply() {
        int at = rows.isEmpty() ? -1 : random.nextInt(rows.size());
        int choice = at < 0 ? 9 + random.nextInt(7) : random.nextInt(16);
        Row row = at < 0 ? new Row(ROW, 0, new float[0], 0) : rows.get(at);
        switch (choice) {
            case 0 -> rows.add(at, row);
            case 1 -> rows.add(0, new Row(ROW, row.key + 1, row.weights, row.width));
            case 2 -> rows.set(at, row.with(weight(row.weights, Float.NaN)));
            case 3 -> rows.set(at, row.with(weight(row.weights, Float.NEGATIVE_INFINITY)));
            case 4 -> rows.set(at, new Row(ROW, row.key, Arrays.copyOf(row.weights, 7), 7));
            case 5 -> rows.set(at, new Row(ROW, row.key, new float[0], 0));
            case 6 -> rows.set(at, new Row(TOMBSTONE, row.key, new float[3], 3));
            case 7 -> rows.set(at, new Row(ROW, row.key, row.weights, 0xFFFF));
            case 8 ->
                    rows.set(
                            at, new Row((byte) (3 + random.nextInt(200)), row.key, row.weights, 1));
            case 9 ->
                    add(new Row(ROW, ParameterKey.ofValue(3 + random.nextInt(1000), 99), one(), 1));
            case 10 ->
                    add(new Row(ROW, ParameterKey.ofDenseBlock(1 + random.nextInt(99)), one(), 1));
            case 11 -> addDense(new Row(TOMBSTONE, ParameterKey.ofDenseBlock(0), new float[0], 0));
            case 12 -> addDense(new Row(ROW, ParameterKey.ofDenseBlock(0), one(), 1));
            case 13 -> countOff = random.nextBoolean() ? 1 : Long.MAX_VALUE - 5;
            case 14 -> format = random.nextInt() | 2;
            default -> magic ^= 1L << random.nextInt(64);
        }
        return "rule " + choice;
    }

    byte[] toBytes() {
        int size = HEADER + TRAILER;
        for (Row row : rows) {
            size += 27 + 4 * row.weights.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(magic).putInt(format);
        for (Row row : rows) {
            out.put(row.tag).putLong(row.key).putLong(1).putLong(1).putShort((short) row.width);
            for (float weight : row.weights) {
                out.putFloat(weight);
            }
        }
        out.put((byte) 0).putLong(count());
        CRC32C crc = new CRC32C();
        crc.update(out.array(), 0, out.position());
        out.putInt((int) crc.getValue());
        bytes = out.array();
        return bytes;
    }

    long count() {
        return rows.size() + countOff;
    }

    long checksum() {
        ByteBuffer end = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return Integer.toUnsignedLong(end.getInt(bytes.length - 4));
    }

    private void addDense(Row row) {
        rows.removeIf(other -> other.key == row.key);
        add(row);
    }

    private void add(Row row) {
        rows.add(row);
        rows.sort(Comparator.comparing(one -> one.key, Long::compareUnsigned));
    }

    private float[] weight(float[] weights, float value) {
        if (weights.length == 0) {
            return new float[] {value};
        }
        float[] edited = weights.clone();
        edited[random.nextInt(edited.length)] = value;
        return edited;
    }

    private static float[] one() {
        return new float[] {1};
    }

    private static List<Row> rows(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(HEADER);
        List<Row> rows = new ArrayList<>();
        for (byte tag = in.get(); tag != 0; tag = in.get()) {
            long key = in.getLong();
            in.getLong();
            in.getLong();
            int width = Short.toUnsignedInt(in.getShort());
            float[] weights = new float[width];
            for (int i = 0; i < width; i++) {
                weights[i] = in.getFloat();
            }
            rows.add(new Row(tag, key, weights, width));
        }
        return rows;
    }

    private record Row(byte tag, long key, float[] weights, int width) {
        Row with(float[] others) {
            return new Row(ROW, key, others, others.length);
        }
    }
}
