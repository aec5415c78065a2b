package io.millrace.jobs.failure;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import kafka.Kafka;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A Kafka broker, its own controller, in a process of its own. It keeps port and directory. */
final class BrokerProcess implements AutoCloseable {

    private static final int FIRST_PORT = 15_000;
    private static final int END_OF_PORTS = 32_000;
    private static final int NODE = 1;

    private final Path directory;
    private final int port;
    private ChildJvm process;

    private BrokerProcess(Path directory, int port, ChildJvm process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** Starts a broker without topics; returns when it answers. */
    static BrokerProcess start(Path directory) throws Exception {
        Path data = Files.createDirectories(directory.resolve("kafka"));
        new Formatter()
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(NODE)
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(data.toString())
                .addDirectory(data.toString())
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
                .run();
        int port = freePort();
        writeProperties(directory, data, port);
        BrokerProcess broker = new BrokerProcess(directory, port, launch(directory));
        broker.awaitAnswer();
        return broker;
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    ChildJvm process() {
        return process;
    }

    void kill() {
        process.kill();
    }

    /** Starts it again if it is dead, on the same port and directory, and wakes it if paused. */
    void ensureRunning() throws Exception {
        if (!process.isAlive()) {
            process = launch(directory);
        }
        process.resume();
        awaitAnswer();
    }

    void createTopic(String topic, int partitions) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
        }
    }

    @Override
    public void close() {
        process.close();
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
    }

    private void awaitAnswer() throws Exception {
        try (Admin admin = admin()) {
            Wait.until(
                    "the broker to answer",
                    Duration.ofSeconds(120),
                    () -> answers(admin),
                    process::lastLines);
        }
    }

    private static boolean answers(Admin admin) throws InterruptedException {
        try {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        }
    }

    private static ChildJvm launch(Path directory) throws IOException {
        return ChildJvm.start(
                "broker",
                directory,
                List.of("-Xmx256m"),
                Map.of(),
                Kafka.class,
                List.of(directory.resolve("server.properties").toString()));
    }

    private static void writeProperties(Path directory, Path data, int port) throws IOException {
        int controller;
        do {
            controller = freePort();
        } while (controller == port);
        Files.writeString(
                directory.resolve("server.properties"),
                """
                process.roles=broker,controller
                node.id=%d
                log.dirs=%s
                listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
                controller.quorum.voters=%d@127.0.0.1:%d
                controller.listener.names=CONTROLLER
                auto.create.topics.enable=false
                default.replication.factor=1
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                transaction.state.log.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                log.retention.ms=-1
                num.network.threads=1
                num.io.threads=2
                log.cleaner.dedupe.buffer.size=4194304
                """
                        .formatted(NODE, data, port, controller, NODE, controller));
    }

    /**
     * A port of the loopback interface that nobody listens at, of those below the ones that systems
     * give to clients at any moment: one of those could be given away before the process starts.
     */
    static int freePort() {
        Random random = new Random();
        while (true) {
            int port = FIRST_PORT + random.nextInt(END_OF_PORTS - FIRST_PORT);
            try (ServerSocket open = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return open.getLocalPort();
            } catch (IOException taken) {
                continue;
            }
        }
    }
}
