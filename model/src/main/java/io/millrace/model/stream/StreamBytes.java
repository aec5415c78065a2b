package io.millrace.model.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.model.stream.StreamFeature.Occasion;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of what stream features keep. Numbers are big-endian; a length is a varint of 7
 * bits a byte, the lowest first; a text is its length in bytes and its UTF-8; maps are written in
 * the order of their keys.
 */
final class StreamBytes {

    /** A claimed length is believed only as far as bytes come. */
    private static final int CHUNK = 1 << 13;

    private static final Occasion[] OCCASIONS = Occasion.values();

    private StreamBytes() {}

    // -- lengths and texts

    static void writeLength(int length, DataOutput out) throws IOException {
        int rest = length;
        while (rest > 0x7F) {
            out.writeByte(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    static int readLength(DataInput in) throws IOException {
        long length = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int next = in.readUnsignedByte();
            length |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                if (length > Integer.MAX_VALUE) {
                    break;
                }
                return (int) length;
            }
        }
        throw new IOException("a length of more than 31 bits");
    }

    static void writeBytes(byte[] bytes, DataOutput out) throws IOException {
        writeLength(bytes.length, out);
        out.write(bytes);
    }

    static byte[] readBytes(DataInput in) throws IOException {
        int length = readLength(in);
        byte[] chunk = new byte[Math.min(length, CHUNK)];
        if (length <= CHUNK) {
            in.readFully(chunk);
            return chunk;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int left = length; left > 0; left -= chunk.length) {
            int next = Math.min(left, CHUNK);
            in.readFully(chunk, 0, next);
            bytes.write(chunk, 0, next);
        }
        return bytes.toByteArray();
    }

    static void writeText(String text, DataOutput out) throws IOException {
        writeBytes(text.getBytes(UTF_8), out);
    }

    static String readText(DataInput in) throws IOException {
        return new String(readBytes(in), UTF_8);
    }

    static void writeTexts(List<String> texts, DataOutput out) throws IOException {
        writeLength(texts.size(), out);
        for (String text : texts) {
            writeText(text, out);
        }
    }

    static List<String> readTexts(DataInput in) throws IOException {
        int count = readLength(in);
        List<String> texts = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            texts.add(readText(in));
        }
        return texts;
    }

    static void writeLists(Map<String, List<String>> lists, DataOutput out) throws IOException {
        writeLength(lists.size(), out);
        for (Map.Entry<String, List<String>> list : new TreeMap<>(lists).entrySet()) {
            writeText(list.getKey(), out);
            writeTexts(list.getValue(), out);
        }
    }

    static Map<String, List<String>> readLists(DataInput in) throws IOException {
        int count = readLength(in);
        Map<String, List<String>> lists = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            lists.put(readText(in), readTexts(in));
        }
        return lists;
    }

    // -- values of profiles

    static void writeValues(Map<String, Object> values, DataOutput out) throws IOException {
        writeLength(values.size(), out);
        for (Map.Entry<String, Object> value : new TreeMap<>(values).entrySet()) {
            writeText(value.getKey(), out);
            writeValue(value.getValue(), out);
        }
    }

    static Map<String, Object> readValues(DataInput in) throws IOException {
        int count = readLength(in);
        Map<String, Object> values = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            values.put(readText(in), readValue(in));
        }
        return values;
    }

    private static void writeValue(Object value, DataOutput out) throws IOException {
        if (value instanceof Long number) {
            out.writeByte('l');
            out.writeLong(number);
        } else if (value instanceof Double number) {
            out.writeByte('d');
            out.writeDouble(number);
        } else if (value instanceof Boolean flag) {
            out.writeByte('b');
            out.writeBoolean(flag);
        } else if (value instanceof CharSequence text) {
            out.writeByte('t');
            writeText(text.toString(), out);
        } else if (value instanceof List<?> list) {
            out.writeByte('a');
            writeTexts(list.stream().map(String::valueOf).toList(), out);
        } else {
            throw new IllegalArgumentException("a profile cannot hold " + value.getClass());
        }
    }

    private static Object readValue(DataInput in) throws IOException {
        int type = in.readUnsignedByte();
        return switch (type) {
            case 'l' -> in.readLong();
            case 'd' -> in.readDouble();
            case 'b' -> in.readBoolean();
            case 't' -> readText(in);
            case 'a' -> readTexts(in);
            default -> throw new IOException("a value of the unknown type " + type);
        };
    }

    // -- updates

    static void writeUpdate(StreamUpdate update, DataOutput out) throws IOException {
        out.writeByte(update instanceof StreamUpdate.Happened ? 'h' : 'p');
        out.writeLong(update.time());
        if (update instanceof StreamUpdate.Happened happened) {
            Occasion occasion = happened.occasion();
            out.writeByte(occasion == null ? -1 : occasion.ordinal());
            Double label = happened.label();
            out.writeBoolean(label != null);
            if (label != null) {
                out.writeDouble(label);
            }
            Long undone = happened.undone();
            out.writeBoolean(undone != null);
            if (undone != null) {
                out.writeLong(undone);
            }
            writeLists(happened.recorded(), out);
        } else if (update instanceof StreamUpdate.Profiled profiled) {
            writeValues(profiled.values(), out);
        }
    }

    static StreamUpdate readUpdate(DataInput in) throws IOException {
        int type = in.readUnsignedByte();
        long time = in.readLong();
        return switch (type) {
            case 'h' ->
                    new StreamUpdate.Happened(
                            time,
                            readOccasion(in),
                            in.readBoolean() ? (Double) in.readDouble() : null,
                            in.readBoolean() ? (Long) in.readLong() : null,
                            readLists(in));
            case 'p' -> new StreamUpdate.Profiled(time, readValues(in));
            default -> throw new IOException("an update of the unknown type " + type);
        };
    }

    private static @Nullable Occasion readOccasion(DataInput in) throws IOException {
        int ordinal = in.readByte();
        if (ordinal >= OCCASIONS.length) {
            throw new IOException("an unknown occasion " + ordinal);
        }
        return ordinal < 0 ? null : OCCASIONS[ordinal];
    }
}
