package io.millrace.jobs;

import java.nio.file.Path;

/**
 * The Kafka that a test talks to: a broker in this JVM, or with {@code -Dmillrace.kafka=container}
 * (the profile {@code containers}) the published image in a container. Each begins without topics.
 * A test has one at a time.
 */
public interface TestKafka extends AutoCloseable {

    /** Says which one is meant: {@code embedded} or {@code container}. */
    String PROPERTY = "millrace.kafka";

    /**
     * Starts it. Where a container is wanted and no engine runs one, the test is skipped, with the
     * reason.
     *
     * @param directory for the files of the broker in this JVM
     */
    static TestKafka start(Path directory) {
        String wanted = System.getProperty(PROPERTY, "embedded");
        return switch (wanted) {
            case "embedded" -> new KafkaInThisJvm(directory);
            case "container" -> KafkaInContainer.borrow();
            default ->
                    throw new IllegalArgumentException(
                            PROPERTY + " is " + wanted + "; expected embedded or container");
        };
    }

    /** Where clients connect: the value of {@code bootstrap.servers}. */
    String bootstrapServers();

    /** Creates a topic that keeps everything, if it is not there. */
    default void createTopic(String name, int partitions) {
        createTopic(name, partitions, false);
    }

    /**
     * Creates a topic, if it is not there.
     *
     * @param compacted keep only the last record of a key
     */
    void createTopic(String name, int partitions, boolean compacted);

    /** Ends it, or removes all topics and groups from it. */
    @Override
    void close();
}
