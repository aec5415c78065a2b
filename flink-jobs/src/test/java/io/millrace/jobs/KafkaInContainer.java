package io.millrace.jobs;

import io.millrace.jobs.sink.TopicLeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;

/**
 * A broker in a container. One container serves a JVM, which it ends with: tests borrow it one
 * after another, and it is empty whenever it is borrowed.
 */
final class KafkaInContainer implements TestKafka {

    private static final String IMAGE =
            System.getProperty("millrace.kafka.image", "apache/kafka:latest");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Semaphore FREE = new Semaphore(1);

    private final KafkaContainer container;
    private final Admin admin;

    private KafkaInContainer(KafkaContainer container) {
        this.container = container;
        admin = Admin.create(Map.of("bootstrap.servers", container.getBootstrapServers()));
    }

    /** Skips the test where there is no container engine. */
    static TestKafka borrow() {
        String obstacle = Engine.OBSTACLE;
        Assumptions.assumeTrue(obstacle.isEmpty(), obstacle);
        if (!FREE.tryAcquire()) {
            throw new IllegalStateException("the one container is in use; close its Kafka first");
        }
        try {
            return new KafkaInContainer(Running.CONTAINER);
        } catch (RuntimeException | Error e) {
            FREE.release();
            throw e;
        }
    }

    @Override
    public String bootstrapServers() {
        return container.getBootstrapServers();
    }

    @Override
    public void createTopic(String name, int partitions, boolean compacted) {
        NewTopic topic =
                new NewTopic(name, Optional.of(partitions), Optional.empty())
                        .configs(Map.of("cleanup.policy", compacted ? "compact" : "delete"));
        try {
            await(admin.createTopics(List.of(topic)).all());
            TopicLeaders.await(admin, List.of(topic), PATIENCE);
        } catch (Exception e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("cannot create topic " + name, e);
            }
        }
    }

    @Override
    public void close() {
        try (admin) {
            await(admin.deleteTopics(await(admin.listTopics().names())).all());
            // The controller says so; the broker may know a little later.
            Await.until(
                    "the topics of the test to be gone",
                    () -> await(admin.listTopics().names()).isEmpty());
            Await.until("the groups of the test to be gone", this::deleteGroups);
        } catch (Exception e) {
            throw new IllegalStateException("the container cannot be emptied", e);
        } finally {
            FREE.release();
        }
    }

    /** A group that a closed client has not left yet cannot be deleted. */
    private boolean deleteGroups() throws ExecutionException {
        Set<String> groups =
                await(admin.listGroups().all()).stream()
                        .map(GroupListing::groupId)
                        .collect(Collectors.toSet());
        try {
            await(admin.deleteConsumerGroups(groups).all());
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupNotEmptyException) {
                return false;
            }
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return true;
            }
            throw e;
        }
    }

    private static <T> T await(KafkaFuture<T> future) throws ExecutionException {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the broker in the container does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the container", e);
        }
    }

    /** Asked once: looking for an engine takes a while where there is none. */
    private static final class Engine {

        static final String OBSTACLE = obstacle();

        private static String obstacle() {
            try {
                DockerClientFactory.instance().client();
                return "";
            } catch (IllegalStateException e) {
                String reason =
                        "skipped, since no container engine answers: "
                                + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                System.err.println(reason);
                return reason;
            }
        }
    }

    /** What the embedded broker is set to as well; the image's defaults would lose old events. */
    private static final class Running {

        static final KafkaContainer CONTAINER = start();

        private static KafkaContainer start() {
            KafkaContainer container =
                    new KafkaContainer(IMAGE)
                            .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                            .withEnv("KAFKA_MESSAGE_MAX_BYTES", Integer.toString(2 << 20))
                            .withEnv("KAFKA_LOG_RETENTION_MS", "-1")
                            .withEnv("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "1")
                            .withEnv("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "1")
                            .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
                            .withEnv("KAFKA_HEAP_OPTS", "-Xmx512m");
            container.start();
            Runtime.getRuntime().addShutdownHook(new Thread(container::stop, "stop-kafka"));
            return container;
        }
    }
}
