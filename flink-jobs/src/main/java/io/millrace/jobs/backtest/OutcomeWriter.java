package io.millrace.jobs.backtest;

import io.millrace.jobs.backtest.OutcomeFile.Progress;
import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Writes an {@link OutcomeFile}. For one thread. */
final class OutcomeWriter implements Closeable {

    private static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel file;
    private final List<Object2IntOpenHashMap<String>> codes = new ArrayList<>();
    private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long events;
    private long rows;
    private long rejected;

    /**
     * Creates the file; whoever sees it sees its header, too.
     *
     * @throws IOException when it cannot be made, or is there already
     */
    OutcomeWriter(Path path, int pipelines, int syncs, int sliceFields) throws IOException {
        Path unfinished = path.resolveSibling(path.getFileName() + ".new");
        file =
                FileChannel.open(
                        unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        for (int i = 0; i < sliceFields; i++) {
            codes.add(new Object2IntOpenHashMap<>());
        }
        buffer.put(OutcomeFormat.MAGIC);
        buffer.position(buffer.position() + OutcomeFormat.PROGRESS_BYTES);
        buffer.putInt(pipelines).putInt(syncs).putInt(sliceFields);
        try {
            flush();
            Files.move(unfinished, path);
        } catch (IOException e) {
            file.close();
            Files.deleteIfExists(unfinished);
            throw e;
        }
    }

    /**
     * @param predictions of each pipeline by sync, in the order of both
     */
    void row(JudgeEvent.Joined example, float[] predictions) throws IOException {
        int[] values = new int[codes.size()];
        for (int field = 0; field < values.length; field++) {
            values[field] = code(field, example.slices().get(field));
        }
        room(1 + 4 * Long.BYTES + 2 * Float.BYTES + 4 * (values.length + predictions.length));
        buffer.put(OutcomeFormat.ROW)
                .putLong(example.time())
                .putLong(example.user())
                .putLong(example.digest())
                .putLong(example.number())
                .putFloat(example.label())
                .putFloat(example.weight());
        for (int value : values) {
            buffer.putInt(value);
        }
        for (float prediction : predictions) {
            buffer.putFloat(prediction);
        }
        rows++;
        read(example.number() + 1);
    }

    void rejected(long number, RejectedEvent event) throws IOException {
        byte[][] texts = {
            bytes(event.origin()),
            bytes(event.pipeline()),
            bytes(event.reason()),
            bytes(event.detail())
        };
        int length = 1 + Long.BYTES;
        for (byte[] text : texts) {
            length += Integer.BYTES + text.length;
        }
        room(length);
        buffer.put(OutcomeFormat.REJECTED).putLong(number);
        for (byte[] text : texts) {
            buffer.putInt(text.length).put(text);
        }
        rejected++;
    }

    void profiles(long count, String fingerprint) throws IOException {
        byte[] text = bytes(fingerprint);
        room(1 + Long.BYTES + Integer.BYTES + text.length);
        buffer.put(OutcomeFormat.PROFILES).putLong(count).putInt(text.length).put(text);
    }

    void end(long allEvents, long unlabelled) throws IOException {
        room(1 + 2 * Long.BYTES);
        buffer.put(OutcomeFormat.END).putLong(allEvents).putLong(unlabelled);
        read(allEvents);
    }

    /** So many events of the history have been read. */
    void read(long count) {
        events = Math.max(events, count);
    }

    Progress progress() {
        return new Progress(events, rows, rejected);
    }

    /** Makes all that was written visible to whoever reads the file. */
    void flush() throws IOException {
        empty();
        ByteBuffer progress = ByteBuffer.allocate(OutcomeFormat.PROGRESS_BYTES);
        progress.putLong(events).putLong(rows).putLong(rejected).flip();
        file.write(progress, OutcomeFormat.PROGRESS_AT);
    }

    @Override
    public void close() throws IOException {
        try (file) {
            if (file.isOpen()) {
                flush();
            }
        }
    }

    private int code(int field, String value) throws IOException {
        Object2IntOpenHashMap<String> ofField = codes.get(field);
        int next = ofField.size();
        int known = ofField.putIfAbsent(value, next);
        if (ofField.size() == next) {
            return known;
        }
        byte[] text = bytes(value);
        room(1 + 2 * Integer.BYTES + text.length);
        buffer.put(OutcomeFormat.VALUE).putInt(field).putInt(text.length).put(text);
        return next;
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            empty();
        }
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocate(bytes);
        }
    }

    private void empty() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
        buffer.clear();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
