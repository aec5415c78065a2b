package io.millrace.jobs.config;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * What a pipeline's Kafka clients are configured with: all of them, in whichever process they run.
 * Secrets are in it as variables ({@code ${env:NAME}}, {@code ${file:/path:key}}, {@code
 * ${directory:/path:file}}), which a client fills in by itself: these properties may be serialized
 * and logged.
 */
public final class KafkaClientProperties {

    private KafkaClientProperties() {}

    /**
     * The {@code kafka.properties} of a pipeline, its brokers and the providers of its variables.
     *
     * @throws IllegalArgumentException when the pipeline names no brokers, or when what a variable
     *     stands for is not there in this process
     */
    public static Map<String, String> of(PipelineConfig config) {
        String servers = config.kafka().bootstrapServers();
        if (servers == null) {
            throw new IllegalArgumentException(
                    "the pipeline "
                            + config.model().name()
                            + " names no Kafka brokers; set kafka.bootstrap-servers or"
                            + " --bootstrap-servers");
        }
        Map<String, String> properties = new HashMap<>(config.kafka().properties());
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, servers);
        KafkaVariables variables = new KafkaVariables(config.kafka().properties());
        variables.requirePresent();
        properties.putAll(variables.providerProperties());
        return properties;
    }
}
