package io.millrace.jobs.backtest;

import io.millrace.model.evaluate.Outcomes;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file in which a backtest records what was predicted, example by example; whatever it holds at
 * any moment can be read, so a backtest that was stopped has a result too.
 */
public final class OutcomeFile {

    private static final int BUFFER_BYTES = 1 << 16;

    private OutcomeFile() {}

    /**
     * Reads what has been recorded so far.
     *
     * <p>Series are by pipeline, then by sync: that of pipeline p and sync y, of Y, is p * Y + y.
     *
     * @param pipelines in the order of the backtest
     * @throws IOException when it cannot be read, or is no such file
     */
    public static Recorded read(
            Path file, List<BacktestPipeline> pipelines, BacktestSettings settings)
            throws IOException {
        try (DataInputStream in = open(file)) {
            readProgress(in, file);
            OutcomeColumns columns = new OutcomeColumns(pipelines, settings);
            requireSame(file, "pipelines", in.readInt(), pipelines.size());
            requireSame(file, "syncs", in.readInt(), settings.syncs().size());
            requireSame(file, "slice fields", in.readInt(), settings.sliceFields().size());
            readRecords(in, columns, file);
            return columns.recorded();
        } catch (EOFException e) {
            throw notOne(file, e);
        }
    }

    /** How far a running backtest is, for a caller that asks now and then. */
    public static Progress progress(Path file) throws IOException {
        try (DataInputStream in = open(file)) {
            return readProgress(in, file);
        } catch (EOFException e) {
            throw notOne(file, e);
        }
    }

    private static void readRecords(DataInputStream in, OutcomeColumns columns, Path file)
            throws IOException {
        try {
            for (int kind = in.read(); kind >= 0; kind = in.read()) {
                switch (kind) {
                    case OutcomeFormat.VALUE -> columns.readValue(in);
                    case OutcomeFormat.ROW -> columns.readRow(in);
                    case OutcomeFormat.REJECTED -> columns.readRejected(in);
                    case OutcomeFormat.END -> columns.readEnd(in);
                    case OutcomeFormat.PROFILES -> columns.readProfiles(in);
                    default ->
                            throw new IOException(
                                    file + " is damaged: a record of the unknown kind " + kind);
                }
            }
        } catch (EOFException e) {
            // The last record is still being written, or never will be: it does not count.
            return;
        }
    }

    private static DataInputStream open(Path file) throws IOException {
        return new DataInputStream(
                new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES));
    }

    private static Progress readProgress(DataInputStream in, Path file) throws IOException {
        byte[] magic = in.readNBytes(OutcomeFormat.MAGIC.length);
        if (!Arrays.equals(magic, OutcomeFormat.MAGIC)) {
            throw notOne(file, null);
        }
        return new Progress(in.readLong(), in.readLong(), in.readLong());
    }

    private static void requireSame(Path file, String what, int found, int expected)
            throws IOException {
        if (found != expected) {
            throw new IOException(
                    file
                            + " is of another backtest: it has "
                            + found
                            + " "
                            + what
                            + ", this one "
                            + expected);
        }
    }

    private static IOException notOne(Path file, @Nullable Exception cause) {
        return new IOException(file + " is no record of a backtest's outcomes", cause);
    }

    /**
     * What was recorded.
     *
     * @param outcomes series by pipeline, then by sync
     * @param fingerprint SHA-256 over the examples in their order, in hexadecimal: times, contents
     *     and labels; behind them over the profiles, if there are any
     * @param profiles how many records of profiles had been read that a pipeline can use
     * @param events how many events of the history had been read when the last example was
     *     recorded; of a backtest that has ended, how many there are
     * @param rejected in the order of the history, then clicks without an impression, then profiles
     * @param unlabelled impressions whose attribution window had not ended when the history did, so
     *     that nobody knows whether they were clicked; 0 of a backtest that has not ended
     */
    public record Recorded(
            Outcomes outcomes,
            String fingerprint,
            long profiles,
            long events,
            List<RejectedEvent> rejected,
            long unlabelled) {}

    /**
     * An event or a profile that could not be used.
     *
     * @param origin where it stands, for people: {@code u.data, line 7} or {@code clicks-0, offset
     *     7}
     * @param pipeline the one that could not use it; empty when none could
     */
    public record RejectedEvent(String origin, String pipeline, String reason, String detail) {}

    /**
     * @param events of the history that have been read
     * @param examples recorded
     * @param rejected events and profiles, as in {@link Recorded}
     */
    public record Progress(long events, long examples, long rejected) {}
}
