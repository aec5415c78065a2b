package io.millrace.jobs.cli.bench;

import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The first ratings of a workload as Kafka is given them, over and over: made before anything is
 * measured, as on a machine that only measures they would be made elsewhere.
 */
final class PreparedRatings {

    private final ByteBuffer payloads;
    private final int[] starts;

    private PreparedRatings(Path file, int[] starts) throws IOException {
        this.starts = starts;
        try (FileChannel channel = FileChannel.open(file)) {
            payloads = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
    }

    /**
     * @param count how many before they begin anew
     * @param directory for a file of them, since some 500 bytes each are too many for the heap; it
     *     stays there
     */
    static PreparedRatings of(Workload workload, int count, EventFormat format, Path directory)
            throws IOException {
        Path file = Files.createTempFile(directory, "ratings-", ".payloads");
        EventCodec<Rating> codec = EventCodec.of(Rating.class, format);
        int[] starts = new int[count + 1];
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int number = 0; number < count; number++) {
                byte[] payload = codec.encode(workload.rating(number));
                out.write(payload);
                starts[number + 1] = Math.addExact(starts[number], payload.length);
            }
        }
        return new PreparedRatings(file, starts);
    }

    /** The payload of rating {@code number}. */
    byte[] get(long number) {
        int prepared = (int) (number % (starts.length - 1));
        byte[] payload = new byte[starts[prepared + 1] - starts[prepared]];
        payloads.get(starts[prepared], payload);
        return payload;
    }
}
