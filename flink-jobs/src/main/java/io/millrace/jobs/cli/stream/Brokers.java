package io.millrace.jobs.cli.stream;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;

/** The Kafka of a run: the one that the pipeline names, or one in this process for as long. */
public final class Brokers implements AutoCloseable {

    private final PipelineConfig config;
    private final @Nullable EmbeddedKafka embedded;

    private Brokers(PipelineConfig config, @Nullable EmbeddedKafka embedded) {
        this.config = config;
        this.embedded = embedded;
    }

    /**
     * Starts a broker unless the pipeline names some.
     *
     * @param workspace where the started one keeps its logs while it runs
     */
    public static Brokers open(PipelineConfig config, Path workspace) {
        if (config.kafka().bootstrapServers() != null) {
            return new Brokers(config, null);
        }
        EmbeddedKafka kafka = EmbeddedKafka.start(workspace);
        PipelineConfig here = config.withKafka(plain(config.kafka(), kafka.bootstrapServers()));
        return new Brokers(here, kafka);
    }

    /** The started broker knows no users and encrypts nothing, so no secret is needed for it. */
    private static PipelineConfig.Kafka plain(PipelineConfig.Kafka kafka, String servers) {
        Map<String, String> properties = new HashMap<>(kafka.properties());
        properties
                .keySet()
                .removeIf(
                        key ->
                                key.equals(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG)
                                        || key.startsWith("ssl.")
                                        || key.startsWith("sasl."));
        return new PipelineConfig.Kafka(servers, properties);
    }

    /** The pipeline, which names these brokers in any case. */
    public PipelineConfig config() {
        return config;
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
