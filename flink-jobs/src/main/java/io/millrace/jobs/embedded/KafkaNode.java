package io.millrace.jobs.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.ServerSocketFactory;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.fault.FaultHandler;
import org.apache.kafka.server.metrics.KafkaYammerMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * A Kafka broker and its KRaft controller, wired as {@link KafkaRaftServer} wires them but for
 * three things that a guest in someone else's JVM needs:
 *
 * <ul>
 *   <li>the system picks the ports when they are bound, so that no other process can take them in
 *       between (the controller's address is known to its quorum only then);
 *   <li>a fault is logged and does not end the JVM;
 *   <li>nothing is registered with JMX under a name that a second node would use too.
 * </ul>
 */
final class KafkaNode {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaNode.class);
    private static final AtomicInteger RUNNING = new AtomicInteger();

    private static final int NODE_ID = 1;
    private static final String HOST = "127.0.0.1";
    private static final String BROKER_LISTENER = "BROKER";
    private static final String CONTROLLER_LISTENER = "CONTROLLER";

    private final ControllerServer controller;
    private final BrokerServer broker;

    /** Formats {@code logDirectory}, which must not exist yet, and prepares the servers. */
    KafkaNode(Path logDirectory) throws Exception {
        this(logDirectory, Map.of());
    }

    /**
     * @param more properties of the broker, which outweigh those of every node
     */
    KafkaNode(Path logDirectory, Map<String, String> more) throws Exception {
        format(logDirectory);
        Properties properties = properties(logDirectory);
        properties.putAll(more);
        KafkaConfig config = new KafkaConfig(properties);
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> formatted =
                KafkaRaftServer.initializeLogDirs(config, LOG, "");
        CompletableFuture<Map<Integer, InetSocketAddress>> voters = new CompletableFuture<>();
        SharedServer shared =
                new SharedServer(
                        config,
                        formatted._1(),
                        Time.SYSTEM,
                        new Metrics(),
                        voters,
                        List.of(),
                        KafkaNode::faultHandler,
                        ServerSocketFactory.INSTANCE);
        InetAddress host = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        broker = new BrokerServer(shared);
        controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), formatted._2());
        var unused =
                controller
                        .socketServerFirstBoundPortFuture()
                        .whenComplete((port, failure) -> announce(voters, host, port, failure));
    }

    /** Returns when the broker accepts requests. */
    void startup() {
        RUNNING.incrementAndGet();
        controller.startup();
        broker.startup();
    }

    /** Where clients connect, {@code host:port}. */
    String address() {
        return address(BROKER_LISTENER);
    }

    /** Where clients of this listener connect, {@code host:port}. */
    String address(String listener) {
        return HOST + ":" + broker.boundPort(ListenerName.normalised(listener));
    }

    /** Stops both servers and all of their threads; does nothing to files. */
    void shutdown() {
        broker.shutdown();
        controller.shutdown();
        if (RUNNING.decrementAndGet() == 0) {
            // Two threads that tick Kafka's meters are shared by all nodes of a JVM, for ever.
            KafkaYammerMetrics.defaultRegistry().shutdown();
        }
    }

    private static void announce(
            CompletableFuture<Map<Integer, InetSocketAddress>> voters,
            InetAddress host,
            Integer port,
            Throwable failure) {
        if (failure != null) {
            voters.completeExceptionally(failure);
        } else {
            voters.complete(Map.of(NODE_ID, new InetSocketAddress(host, port)));
        }
    }

    private static FaultHandler faultHandler(String name, boolean fatal, Runnable action) {
        return (message, cause) -> {
            LOG.error("{}: {}", name, message, cause);
            action.run();
            return new IllegalStateException(name + ": " + message, cause);
        };
    }

    private static void format(Path logDirectory) throws Exception {
        new Formatter()
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(NODE_ID)
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setControllerListenerName(CONTROLLER_LISTENER)
                .setMetadataLogDirectory(logDirectory.toString())
                .addDirectory(logDirectory.toString())
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
                .run();
    }

    private static Properties properties(Path logDirectory) {
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", Integer.toString(NODE_ID));
        properties.put("log.dir", logDirectory.toString());
        addListeners(properties);
        addTopicDefaults(properties);
        addModestSizes(properties);
        return properties;
    }

    private static void addListeners(Properties properties) {
        properties.put(
                "listeners",
                BROKER_LISTENER + "://" + HOST + ":0," + CONTROLLER_LISTENER + "://" + HOST + ":0");
        properties.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":0");
        properties.put("controller.listener.names", CONTROLLER_LISTENER);
        properties.put("inter.broker.listener.name", BROKER_LISTENER);
        properties.put(
                "listener.security.protocol.map",
                BROKER_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
    }

    private static void addTopicDefaults(Properties properties) {
        properties.put("auto.create.topics.enable", "false");
        properties.put("default.replication.factor", "1");
        properties.put("min.insync.replicas", "1");
        // A dead letter is larger than the largest record that it may have to hold.
        properties.put("message.max.bytes", Integer.toString(2 << 20));
        // A replayed event may be years old; it must not be deleted for its age.
        properties.put("log.retention.ms", "-1");
        for (String topic :
                List.of(
                        "offsets.topic",
                        "transaction.state.log",
                        "share.coordinator.state.topic")) {
            properties.put(topic + ".num.partitions", "1");
            properties.put(topic + ".replication.factor", "1");
        }
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
    }

    private static void addModestSizes(Properties properties) {
        properties.put("num.network.threads", "1");
        properties.put("num.io.threads", "2");
        properties.put("background.threads", "2");
        properties.put("num.recovery.threads.per.data.dir", "1");
        properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
        properties.put("log.segment.bytes", Integer.toString(64 << 20));
        properties.put("metric.reporters", "");
    }
}
