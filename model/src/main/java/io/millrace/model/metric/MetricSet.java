package io.millrace.model.metric;

import io.millrace.model.loss.Objective;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The metrics that an objective is judged by, over one set of examples: AUC, log loss, normalized
 * entropy and calibration for clicks, RMSE and MAE for ratings.
 *
 * <p>Its bytes are a format version, the kind of objective, the number of examples, and the metrics
 * in the order of {@link #of}.
 */
public final class MetricSet {

    private static final byte VERSION = 1;
    private static final byte CLICK = 0;
    private static final byte RATING = 1;

    private final byte kind;
    private final List<Metric> metrics;
    private long examples;

    private MetricSet(byte kind, List<Metric> metrics) {
        this.kind = kind;
        this.metrics = metrics;
    }

    /** An empty set for this objective. */
    public static MetricSet of(Objective objective) {
        return objective instanceof Objective.Click ? click() : rating();
    }

    private static MetricSet click() {
        return new MetricSet(
                CLICK,
                List.of(new Auc(), new LogLoss(), new NormalizedEntropy(), new Calibration()));
    }

    private static MetricSet rating() {
        return new MetricSet(RATING, List.of(new RootMeanSquaredError(), new MeanAbsoluteError()));
    }

    /** All metrics, those without a value yet among them. */
    public List<String> names() {
        return metrics.stream().map(Metric::name).toList();
    }

    /** Adds an example; see {@link Metric#add}. */
    public void add(double label, double prediction, double weight) {
        examples++;
        for (Metric metric : metrics) {
            metric.add(label, prediction, weight);
        }
    }

    /**
     * Adds an example with its weight subtracted, which is no example more.
     *
     * @param weight what is subtracted
     */
    public void takeBack(double label, double prediction, double weight) {
        for (Metric metric : metrics) {
            metric.add(label, prediction, -weight);
        }
    }

    /**
     * Adds all examples of another set.
     *
     * @throws IllegalArgumentException when it is for another kind of objective
     */
    public void merge(MetricSet other) {
        if (other.kind != kind) {
            throw new IllegalArgumentException(
                    "Metrics of clicks and metrics of ratings cannot be merged.");
        }
        examples += other.examples;
        for (int i = 0; i < metrics.size(); i++) {
            metrics.get(i).merge(other.metrics.get(i));
        }
    }

    /** Number of examples added, whatever their weights. */
    public long examples() {
        return examples;
    }

    /**
     * The values by name; a metric that is not defined, such as an AUC of one class, is left out.
     */
    public SortedMap<String, Double> values() {
        SortedMap<String, Double> values = new TreeMap<>();
        for (Metric metric : metrics) {
            metric.value().ifPresent(value -> values.put(metric.name(), value));
        }
        return values;
    }

    /** The set as bytes for {@link #fromBytes}. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writeTo(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("A byte array could not be written.", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws UncheckedIOException when the bytes are cut short or of another format
     */
    public static MetricSet fromBytes(byte[] bytes) {
        try {
            return read(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (EOFException e) {
            throw new UncheckedIOException(
                    "Metrics are cut short: they do not end within " + bytes.length + " bytes.", e);
        } catch (IOException e) {
            throw new UncheckedIOException("Metrics could not be read: " + e.getMessage(), e);
        }
    }

    /** Writes what {@link #read} restores. */
    public void writeTo(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeByte(kind);
        out.writeLong(examples);
        for (Metric metric : metrics) {
            metric.writeTo(out);
        }
    }

    /**
     * Reads what {@link #writeTo} wrote.
     *
     * @throws IOException when it is cut short or of another format
     */
    public static MetricSet read(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException(
                    "Metrics have format version "
                            + version
                            + ", but only version "
                            + VERSION
                            + " can be read; were they written by a newer release?");
        }
        byte kind = in.readByte();
        MetricSet set =
                switch (kind) {
                    case CLICK -> click();
                    case RATING -> rating();
                    default -> throw new IOException("Metrics have the unknown kind " + kind + ".");
                };
        set.examples = in.readLong();
        for (Metric metric : set.metrics) {
            metric.readFrom(in);
        }
        return set;
    }
}
