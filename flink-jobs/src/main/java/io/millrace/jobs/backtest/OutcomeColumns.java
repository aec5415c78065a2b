package io.millrace.jobs.backtest;

import io.millrace.jobs.backtest.OutcomeFile.Recorded;
import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.model.evaluate.Outcomes;
import io.millrace.model.evaluate.Series;
import io.millrace.model.evaluate.SliceColumn;
import io.millrace.model.loss.Objective;
import it.unimi.dsi.fastutil.floats.FloatArrayList;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** The records of an {@link OutcomeFile} as they are read, row after row into columns. */
final class OutcomeColumns {

    private final Objective objective;
    private final List<Series> series = new ArrayList<>();
    private final List<String> sliceFields;

    private final LongArrayList times = new LongArrayList();
    private final LongArrayList users = new LongArrayList();
    private final FloatArrayList labels = new FloatArrayList();
    private final FloatArrayList weights = new FloatArrayList();
    private final FloatArrayList[] predictions;
    private final List<List<String>> values = new ArrayList<>();
    private final List<IntArrayList> codes = new ArrayList<>();
    private final List<Rejection> rejected = new ArrayList<>();
    private final MessageDigest fingerprint = Digest.sha256();
    private final ByteBuffer row;
    private final ByteBuffer identity = ByteBuffer.allocate(2 * Long.BYTES + 2 * Float.BYTES);
    private long profiles;
    private String profilesFingerprint = "";
    private long events;
    private long unlabelled;

    OutcomeColumns(List<BacktestPipeline> pipelines, BacktestSettings settings) {
        objective = pipelines.get(0).config().model().objective();
        for (BacktestPipeline pipeline : pipelines) {
            for (String sync : settings.syncNames()) {
                series.add(new Series(pipeline.name(), sync));
            }
        }
        sliceFields = settings.sliceFields();
        for (int i = 0; i < sliceFields.size(); i++) {
            values.add(new ArrayList<>());
            codes.add(new IntArrayList());
        }
        predictions = new FloatArrayList[series.size()];
        for (int i = 0; i < predictions.length; i++) {
            predictions[i] = new FloatArrayList();
        }
        row =
                ByteBuffer.allocate(
                        4 * Long.BYTES
                                + 2 * Float.BYTES
                                + 4 * (sliceFields.size() + predictions.length));
    }

    void readValue(DataInputStream in) throws IOException {
        int field = in.readInt();
        values.get(field).add(readText(in));
    }

    void readRow(DataInputStream in) throws IOException {
        in.readFully(row.array());
        row.clear();
        long time = row.getLong();
        long user = row.getLong();
        long digest = row.getLong();
        long number = row.getLong();
        float label = row.getFloat();
        float weight = row.getFloat();
        times.add(time);
        users.add(user);
        labels.add(label);
        weights.add(weight);
        for (IntArrayList column : codes) {
            column.add(row.getInt());
        }
        for (FloatArrayList column : predictions) {
            column.add(row.getFloat());
        }
        identity.clear();
        identity.putLong(time).putFloat(label).putFloat(weight).putLong(digest);
        fingerprint.update(identity.array());
        events = Math.max(events, number + 1);
    }

    void readRejected(DataInputStream in) throws IOException {
        long number = in.readLong();
        RejectedEvent event =
                new RejectedEvent(readText(in), readText(in), readText(in), readText(in));
        rejected.add(new Rejection(number, event));
    }

    void readEnd(DataInputStream in) throws IOException {
        long all = in.readLong();
        unlabelled = in.readLong();
        events = all;
    }

    void readProfiles(DataInputStream in) throws IOException {
        long count = in.readLong();
        profilesFingerprint = readText(in);
        profiles = count;
    }

    Recorded recorded() {
        List<SliceColumn> slices = new ArrayList<>();
        for (int i = 0; i < sliceFields.size(); i++) {
            slices.add(
                    new SliceColumn(
                            sliceFields.get(i),
                            false,
                            List.copyOf(values.get(i)),
                            codes.get(i).toIntArray()));
        }
        float[][] rows = new float[predictions.length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = predictions[i].toFloatArray();
        }
        fingerprint.update(profilesFingerprint.getBytes(StandardCharsets.UTF_8));
        // They come by several ways, and in no order between these.
        rejected.sort(Comparator.comparingLong(Rejection::number));
        return new Recorded(
                new Outcomes(
                        objective,
                        series,
                        times.toLongArray(),
                        users.toLongArray(),
                        labels.toFloatArray(),
                        weights.toFloatArray(),
                        rows,
                        slices),
                HexFormat.of().formatHex(fingerprint.digest()),
                profiles,
                events,
                rejected.stream().map(Rejection::event).toList(),
                unlabelled);
    }

    private static String readText(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private record Rejection(long number, RejectedEvent event) {}
}
