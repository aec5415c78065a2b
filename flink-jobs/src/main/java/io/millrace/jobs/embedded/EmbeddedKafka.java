package io.millrace.jobs.embedded;

import io.millrace.jobs.sink.TopicLeaders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * A Kafka broker in this JVM: one node, its own controller, on free ports of the loopback
 * interface. Topics must be created before they are used. Any number can run at once.
 */
public final class EmbeddedKafka implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ScratchDirectory directory;
    private final KafkaNode node;
    private final Admin admin;

    private EmbeddedKafka(ScratchDirectory directory, KafkaNode node) {
        this.directory = directory;
        this.node = node;
        admin = Admin.create(Map.of("bootstrap.servers", node.address(), "metric.reporters", ""));
    }

    /** Starts a broker that keeps its logs in the system's temporary directory. */
    public static EmbeddedKafka start() {
        return start(ScratchDirectory.create("millrace-kafka-"));
    }

    /**
     * Starts a broker that keeps its logs in a new directory in {@code parent}.
     *
     * @throws IllegalStateException when it does not start; nothing is left of it then
     */
    public static EmbeddedKafka start(Path parent) {
        return start(ScratchDirectory.create(parent, "kafka-"));
    }

    private static EmbeddedKafka start(ScratchDirectory directory) {
        try {
            KafkaNode node = new KafkaNode(directory.path().resolve("log"));
            try {
                node.startup();
                return new EmbeddedKafka(directory, node);
            } catch (Throwable e) {
                node.shutdown();
                throw e;
            }
        } catch (Exception e) {
            directory.close();
            throw new IllegalStateException("the embedded Kafka broker did not start: " + e, e);
        }
    }

    /** Where clients connect: the value of {@code bootstrap.servers}. */
    public String bootstrapServers() {
        return node.address();
    }

    /** Creates a topic that keeps everything; see {@link #createTopic(String, int, boolean)}. */
    public void createTopic(String name, int partitions) {
        createTopic(name, partitions, false);
    }

    /**
     * Creates a topic, or does nothing when it exists with as many partitions.
     *
     * @param compacted keep only the last record of a key
     * @throws IllegalStateException when it exists with another number of partitions, or the broker
     *     refuses it
     */
    public void createTopic(String name, int partitions, boolean compacted) {
        NewTopic topic =
                new NewTopic(name, Optional.of(partitions), Optional.of((short) 1))
                        .configs(Map.of("cleanup.policy", compacted ? "compact" : "delete"));
        try {
            admin.createTopics(List.of(topic)).all().get();
            TopicLeaders.await(admin, List.of(topic), PATIENCE);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(
                        "cannot create topic " + name + ": " + e.getCause(), e);
            }
            requirePartitions(name, partitions);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "topic " + name + " was created, but nobody leads it yet", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void requirePartitions(String name, int partitions) {
        int present = describe(name).partitions().size();
        if (present != partitions) {
            throw new IllegalStateException(
                    "topic %s exists with %d partitions, not the %d asked for"
                            .formatted(name, present, partitions));
        }
    }

    private TopicDescription describe(String name) {
        try {
            return admin.describeTopics(List.of(name))
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "cannot describe topic " + name + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while waiting for the Kafka broker", e);
    }

    /** Stops the broker and deletes its logs; clients should be closed before. */
    @Override
    public void close() {
        admin.close(Duration.ZERO);
        node.shutdown();
        directory.close();
    }
}
