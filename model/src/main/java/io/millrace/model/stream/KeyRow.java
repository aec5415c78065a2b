package io.millrace.model.stream;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * What is kept for one key of a {@link KeyGroup}. Immutable.
 *
 * <p>Its bytes are, big-endian: the version 1; the event time of the newest update, 8 bytes; then
 * for each accumulator that is not empty, in the order of the group, a hash of its definition, 8
 * bytes, its length as a varint, and its own bytes. No bytes at all are the empty row. An
 * accumulator that the group does not have is left out when a row is read: so a changed file keeps
 * what is unchanged and starts the rest anew.
 */
public final class KeyRow {

    private static final int VERSION = 1;

    /** Keeps nothing, so all of a row is passed over. */
    private static final KeyGroup NOTHING = KeyGroup.by(List.of(), List.of());

    private final KeyGroup group;
    private final Accumulator[] accumulators;

    /** Has no meaning when all accumulators are empty. */
    private final long timestamp;

    private KeyRow(KeyGroup group, Accumulator[] accumulators, long timestamp) {
        this.group = group;
        this.accumulators = accumulators;
        this.timestamp = timestamp;
    }

    /** The row of a key that nothing has happened to. */
    public static KeyRow empty(KeyGroup group) {
        return new KeyRow(group, group.kept().toArray(new Accumulator[0]), Long.MIN_VALUE);
    }

    /**
     * The row that {@link #encode} wrote, perhaps for a group of other accumulators.
     *
     * @throws DamagedRowException when the bytes are no row
     */
    public static KeyRow decode(KeyGroup group, byte[] bytes) {
        KeyRow row = empty(group);
        if (bytes.length == 0) {
            return row;
        }
        try {
            return row.read(bytes);
        } catch (IOException e) {
            throw new DamagedRowException(
                    "the row of "
                            + bytes.length
                            + " bytes of the group "
                            + group.id()
                            + " cannot be read: "
                            + e);
        }
    }

    /**
     * Refuses what is no row.
     *
     * @throws DamagedRowException saying what is wrong
     */
    static void check(byte[] bytes) {
        decode(NOTHING, bytes);
    }

    /** The row's bytes; none for an empty one. */
    public byte[] encode() {
        if (isEmpty()) {
            return new byte[0];
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        ByteArrayOutputStream body = new ByteArrayOutputStream(32);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(timestamp);
            for (int i = 0; i < accumulators.length; i++) {
                if (!accumulators[i].isEmpty()) {
                    body.reset();
                    accumulators[i].write(new DataOutputStream(body));
                    out.writeLong(group.hash(i));
                    StreamBytes.writeBytes(body.toByteArray(), out);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    public boolean isEmpty() {
        return Arrays.stream(accumulators).allMatch(Accumulator::isEmpty);
    }

    /** Event time of the newest update that it took, milliseconds since the epoch. */
    public long timestamp() {
        return timestamp;
    }

    /** This row and one more update; the same object when it takes none of it. */
    public KeyRow after(StreamUpdate update) {
        if (!group.takes(update)) {
            return this;
        }
        Accumulator[] changed = accumulators.clone();
        for (int i = 0; i < changed.length; i++) {
            if (changed[i].takes(update)) {
                changed[i] = changed[i].after(update);
            }
        }
        return new KeyRow(group, changed, Math.max(timestamp, update.time()));
    }

    KeyGroup group() {
        return group;
    }

    /** The accumulator at a position in {@link KeyGroup#kept}. */
    Accumulator at(int position) {
        return accumulators[position];
    }

    private KeyRow read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new IOException("version " + version + "; expected " + VERSION);
        }
        long time = in.readLong();
        Accumulator[] read = accumulators.clone();
        while (in.available() > 0) {
            long hash = in.readLong();
            byte[] body = StreamBytes.readBytes(in);
            for (int i = 0; i < read.length; i++) {
                if (group.hash(i) == hash) {
                    read[i] = read(read[i], body);
                }
            }
        }
        return new KeyRow(group, read, time);
    }

    private static Accumulator read(Accumulator empty, byte[] body) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
        Accumulator accumulator = empty.read(in);
        if (in.available() > 0) {
            throw new IOException(in.available() + " bytes too many for " + empty.definition());
        }
        return accumulator;
    }
}
