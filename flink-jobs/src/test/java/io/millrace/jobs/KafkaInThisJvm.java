package io.millrace.jobs;

import io.millrace.jobs.embedded.EmbeddedKafka;
import java.nio.file.Path;

/** The embedded broker, a new one for each test. */
final class KafkaInThisJvm implements TestKafka {

    private final EmbeddedKafka kafka;

    KafkaInThisJvm(Path directory) {
        kafka = EmbeddedKafka.start(directory);
    }

    @Override
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    @Override
    public void createTopic(String name, int partitions, boolean compacted) {
        kafka.createTopic(name, partitions, compacted);
    }

    @Override
    public void close() {
        kafka.close();
    }
}
