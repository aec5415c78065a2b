package io.millrace.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.configuration.ConfigConstants;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.LogicalScopeProvider;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** The metrics of the jobs that run in this JVM, as a reporter of Flink's hears of them. */
public final class RegisteredMetrics implements MetricReporter {

    private static final Map<Metric, Registered> METRICS = new ConcurrentHashMap<>();
    private static final Queue<Ended> ENDED = new ConcurrentLinkedQueue<>();

    /** Adds this reporter to a cluster's configuration. */
    public static Configuration reporting() {
        return Configuration.fromMap(
                Map.of(
                        ConfigConstants.METRICS_REPORTER_PREFIX + "test.factory.class",
                        Factory.class.getName()));
    }

    /** Those that went with their job since the last call. */
    static List<Ended> takeEnded() {
        List<Ended> ended = new ArrayList<>();
        for (Ended next = ENDED.poll(); next != null; next = ENDED.poll()) {
            ended.add(next);
        }
        return ended;
    }

    /** All that are registered now. */
    public static List<Registered> all() {
        return List.copyOf(METRICS.values());
    }

    @Override
    public void open(MetricConfig config) {}

    @Override
    public void close() {}

    @Override
    public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        String scope = LogicalScopeProvider.castFrom(group).getLogicalScope(text -> text, '_');
        METRICS.put(
                metric,
                new Registered(
                        prometheus("flink_" + scope + "_" + name),
                        group.getAllVariables(),
                        metric));
    }

    @Override
    public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        Registered removed = METRICS.remove(metric);
        if (removed != null && metric instanceof Counter counter) {
            ENDED.add(new Ended(name, removed.variables(), counter.getCount()));
        }
    }

    /** As Flink's Prometheus reporter makes names of them. */
    private static String prometheus(String name) {
        return name.replaceAll("[^a-zA-Z0-9:_]", "_");
    }

    /** A counter that a job left behind, by Flink's own name for it. */
    record Ended(String name, Map<String, String> variables, long count) {}

    /**
     * A metric of a running job.
     *
     * @param name the one that it has in Prometheus
     * @param variables by name in angle brackets
     */
    public record Registered(String name, Map<String, String> variables, Metric metric) {

        String job() {
            return variables.getOrDefault("<job_name>", "");
        }

        String operator() {
            return variables.getOrDefault("<operator_name>", "");
        }

        /** As docs/metrics.md calls it. */
        String type() {
            if (metric instanceof Counter) {
                return "counter";
            } else if (metric instanceof Gauge) {
                return "gauge";
            }
            return metric instanceof Histogram ? "histogram" : "meter";
        }

        /** The value of a counter or of a numeric gauge. */
        public double value() {
            if (metric instanceof Counter counter) {
                return counter.getCount();
            }
            return ((Gauge<?>) metric).getValue() instanceof Number number
                    ? number.doubleValue()
                    : Double.NaN;
        }
    }

    /** How Flink finds the reporter. */
    public static final class Factory implements MetricReporterFactory {

        @Override
        public MetricReporter createMetricReporter(Properties properties) {
            return new RegisteredMetrics();
        }
    }
}
