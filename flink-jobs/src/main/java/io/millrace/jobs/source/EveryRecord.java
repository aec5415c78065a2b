package io.millrace.jobs.source;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a job begins that must miss nothing: at the first record. Records that Kafka has removed
 * before the job came to them fail it, unless {@code auto.offset.reset} says where to go on
 * instead.
 */
final class EveryRecord implements OffsetsInitializer {

    private static final long serialVersionUID = 1L;

    private final OffsetResetStrategy whenRemoved;

    /**
     * @param clients properties of the source's clients
     */
    EveryRecord(Map<String, String> clients) {
        String reset = clients.getOrDefault(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        whenRemoved =
                switch (reset.toLowerCase(Locale.ROOT)) {
                    case "none" -> OffsetResetStrategy.NONE;
                    case "earliest" -> OffsetResetStrategy.EARLIEST;
                    default ->
                            throw new IllegalArgumentException(
                                    "kafka.properties.auto.offset.reset is "
                                            + reset
                                            + "; expected none, which fails a job whose records"
                                            + " Kafka has removed, or earliest, with which it goes"
                                            + " on without them");
                };
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        return OffsetsInitializer.earliest().getPartitionOffsets(partitions, retriever);
    }

    @Override
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return whenRemoved;
    }
}
