package io.millrace.jobs.cli.stream;

import io.millrace.jobs.config.KafkaClientProperties;
import io.millrace.jobs.config.PipelineConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.CommonClientConfigs;

/** Properties of this process's own Kafka clients. */
final class KafkaClients {

    private KafkaClients() {}

    static Map<String, Object> properties(PipelineConfig config) {
        Map<String, Object> properties = new HashMap<>(KafkaClientProperties.of(config));
        properties.putIfAbsent(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        return properties;
    }

    static String servers(PipelineConfig config) {
        return Objects.requireNonNull(
                config.kafka().bootstrapServers(), "the pipeline names no brokers");
    }
}
