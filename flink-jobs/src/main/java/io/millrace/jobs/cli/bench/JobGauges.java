package io.millrace.jobs.cli.bench;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.DoubleStream;
import org.apache.flink.configuration.ConfigConstants;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Reads the gauges of the jobs that run in this process, by Flink's own reporter interface. */
public final class JobGauges implements MetricReporter {

    private static final Map<Gauge<?>, String> GAUGES = new ConcurrentHashMap<>();

    /** Adds this reporter to a cluster's configuration. */
    static Configuration reporting() {
        return Configuration.fromMap(
                Map.of(
                        ConfigConstants.METRICS_REPORTER_PREFIX + "bench.factory.class",
                        Factory.class.getName()));
    }

    /** The sum of the numeric gauges of this name, over all subtasks. */
    static double sum(String name) {
        return values(name).sum();
    }

    /** The greatest of the numeric gauges of this name, over all subtasks; 0 if there is none. */
    static double max(String name) {
        return values(name).max().orElse(0);
    }

    private static DoubleStream values(String name) {
        return GAUGES.entrySet().stream()
                .filter(gauge -> gauge.getValue().equals(name))
                .mapToDouble(gauge -> value(gauge.getKey()));
    }

    private static double value(Gauge<?> gauge) {
        return gauge.getValue() instanceof Number number ? number.doubleValue() : 0;
    }

    @Override
    public void open(MetricConfig config) {}

    @Override
    public void close() {}

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        if (metric instanceof Gauge<?> gauge) {
            GAUGES.put(gauge, name);
        }
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        if (metric instanceof Gauge<?> gauge) {
            GAUGES.remove(gauge);
        }
    }

    /** How Flink finds the reporter. */
    public static final class Factory implements MetricReporterFactory {

        @Override
        public MetricReporter createMetricReporter(Properties properties) {
            return new JobGauges();
        }
    }
}
