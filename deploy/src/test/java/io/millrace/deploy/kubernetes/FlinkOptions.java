package io.millrace.deploy.kubernetes;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalResourceOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.kubernetes.configuration.KubernetesConfigOptions;
import org.apache.flink.kubernetes.configuration.KubernetesHighAvailabilityOptions;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/** The settings that Flink and what a deployment adds to it know, by key. */
final class FlinkOptions {

    private static final List<Class<?>> CLASSES =
            List.of(
                    BlobServerOptions.class,
                    CheckpointingOptions.class,
                    CoreOptions.class,
                    ExternalResourceOptions.class,
                    HeartbeatManagerOptions.class,
                    HighAvailabilityOptions.class,
                    JobManagerOptions.class,
                    MetricOptions.class,
                    RestOptions.class,
                    RestartStrategyOptions.class,
                    StateBackendOptions.class,
                    StateRecoveryOptions.class,
                    TaskManagerOptions.class,
                    WebOptions.class,
                    KubernetesConfigOptions.class,
                    KubernetesHighAvailabilityOptions.class,
                    RocksDBConfigurableOptions.class,
                    RocksDBOptions.class);

    /** Keys with a chosen name in them, and those of what is not on this class path. */
    static final List<String> OTHERS =
            List.of(
                    // Flink's reporter for Prometheus, by the name "prom".
                    "metrics.reporter.prom.factory.class",
                    "metrics.reporter.prom.port",
                    // Flink's plugin for GPUs, for the resource that a trainer asks for.
                    "external-resource.gpu.amount",
                    "external-resource.gpu.driver-factory.class",
                    "external-resource.gpu.kubernetes.config-key",
                    "external-resource.gpu.param.discovery-script.path",
                    // The operator's own.
                    "kubernetes.operator.job.restart.failed",
                    "kubernetes.operator.periodic.savepoint.interval",
                    "kubernetes.operator.pod-template.merge-arrays-by-name",
                    "kubernetes.operator.savepoint.history.max.count");

    private FlinkOptions() {}

    /** Those with a key of their own. */
    static Map<String, ConfigOption<?>> byKey() {
        Map<String, ConfigOption<?>> options = new TreeMap<>();
        CLASSES.stream()
                .flatMap(type -> Arrays.stream(type.getFields()))
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .filter(field -> field.getType() == ConfigOption.class)
                .map(FlinkOptions::option)
                .forEach(option -> options.put(option.key(), option));
        return options;
    }

    private static ConfigOption<?> option(Field field) {
        try {
            return (ConfigOption<?>) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
