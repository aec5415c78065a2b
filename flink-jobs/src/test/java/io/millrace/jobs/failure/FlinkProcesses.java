package io.millrace.jobs.failure;

import io.millrace.jobs.cli.cluster.ClusterMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * A Flink session cluster of a job manager and task managers of two slots (what a job with one
 * trainer takes), each in a process of its own, with its high availability in a ZooKeeper in this
 * JVM. Class path and jar are this build's classes; a job's jar is empty.
 */
final class FlinkProcesses implements AutoCloseable {

    private static final Duration STARTED = Duration.ofSeconds(120);
    private static final Pattern SUBMITTED = Pattern.compile("JobID ([0-9a-f]{32})");

    private final Path directory;
    private final TestingServer zooKeeper;
    private final Path jar;
    private final FlinkRest rest;
    private final Map<String, ChildJvm> taskManagers = new TreeMap<>();
    private ChildJvm jobManager;
    private int started;
    private int submissions;

    private FlinkProcesses(Path directory, TestingServer zooKeeper, int restPort)
            throws IOException {
        this.directory = directory;
        this.zooKeeper = zooKeeper;
        jar = directory.resolve("job.jar");
        new JarOutputStream(Files.newOutputStream(jar), new java.util.jar.Manifest()).close();
        rest = new FlinkRest(restPort);
        jobManager = launchJobManager();
    }

    /**
     * Starts a job manager; returns when it answers.
     *
     * @param more of Flink's configuration
     */
    static FlinkProcesses start(Path directory, Map<String, String> more) throws Exception {
        Files.createDirectories(directory);
        TestingServer zooKeeper =
                new TestingServer(
                        new InstanceSpec(
                                directory.resolve("zookeeper").toFile(), -1, -1, -1, true, -1),
                        true);
        int restPort = BrokerProcess.freePort();
        Map<String, String> options =
                options(directory, zooKeeper.getConnectString(), restPort, more);
        Files.writeString(
                directory.resolve("config.yaml"),
                options.entrySet().stream()
                        .map(option -> option.getKey() + ": \"" + option.getValue() + "\"\n")
                        .collect(Collectors.joining()));
        FlinkProcesses cluster = new FlinkProcesses(directory, zooKeeper, restPort);
        cluster.awaitJobManager();
        return cluster;
    }

    /** Starts one more task manager without waiting for it; returns its id. */
    String startTaskManager() throws IOException {
        String id = "worker-" + ++started;
        Configuration configuration = new Configuration();
        taskManagerSizes().forEach(configuration::setString);
        TaskExecutorProcessSpec spec =
                TaskExecutorProcessUtils.processSpecFromConfig(configuration);
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--configDir",
                                directory.toString(),
                                "-D",
                                "taskmanager.resource-id=" + id));
        arguments.addAll(
                List.of(TaskExecutorProcessUtils.generateDynamicConfigsStr(spec).split(" ")));
        taskManagers.put(
                id,
                ChildJvm.start(
                        id,
                        directory,
                        List.of(ProcessMemoryUtils.generateJvmParametersStr(spec).split(" ")),
                        Map.of("MALLOC_ARENA_MAX", "2"),
                        TaskManagerRunner.class,
                        arguments));
        return id;
    }

    /** Ends or starts task managers, and returns when so many are known to the job manager. */
    void ensureTaskManagers(int count) throws Exception {
        while (taskManagers.size() > count) {
            killTaskManager(taskManagers.keySet().iterator().next());
        }
        while (taskManagers.size() < count) {
            startTaskManager();
        }
        Wait.until(
                "the task managers " + taskManagers.keySet(),
                Duration.ofSeconds(120),
                () -> registered().equals(taskManagers.keySet()),
                this::evidence);
    }

    private Set<String> registered() throws InterruptedException {
        Set<String> ids = new TreeSet<>();
        rest.get("/taskmanagers")
                .path("taskmanagers")
                .forEach(taskManager -> ids.add(taskManager.get("id").asText()));
        return ids;
    }

    ChildJvm taskManager(String id) {
        return Objects.requireNonNull(taskManagers.get(id), id);
    }

    void killTaskManager(String id) {
        taskManager(id).kill();
        taskManagers.remove(id);
    }

    void killJobManager() {
        jobManager.kill();
    }

    /** Starts the job manager again after {@link #killJobManager}. */
    void startJobManager() throws IOException {
        jobManager = launchJobManager();
    }

    /** Submits a training job by {@code flink run}. */
    SubmittedJob train(Path pipeline, String bootstrapServers, String... flinkOptions)
            throws Exception {
        List<String> arguments = new ArrayList<>(List.of("run", "-d"));
        arguments.addAll(Arrays.asList(flinkOptions));
        arguments.addAll(
                List.of(
                        "-c",
                        ClusterMain.class.getName(),
                        jar.toString(),
                        "train",
                        "--config",
                        pipeline.toString(),
                        "--bootstrap-servers",
                        bootstrapServers));
        ChildJvm client =
                ChildJvm.start(
                        "submission-" + ++submissions,
                        directory,
                        List.of("-Xmx256m"),
                        Map.of("FLINK_CONF_DIR", directory.toString()),
                        CliFrontend.class,
                        arguments);
        int status = client.await(120);
        Matcher submitted = SUBMITTED.matcher(client.output());
        if (status != 0 || !submitted.find()) {
            throw new AssertionError("flink run ended with " + status + "\n" + client.lastLines());
        }
        return new SubmittedJob(submitted.group(1), rest);
    }

    /** The last lines of every process. */
    String evidence() {
        return jobManager.lastLines()
                + taskManagers.values().stream()
                        .map(ChildJvm::lastLines)
                        .collect(Collectors.joining());
    }

    @Override
    public void close() throws IOException {
        taskManagers.values().forEach(ChildJvm::close);
        jobManager.close();
        zooKeeper.close();
    }

    private void awaitJobManager() throws Exception {
        Wait.until(
                "the job manager to answer",
                STARTED,
                () -> rest.get("/overview").has("taskmanagers"),
                this::evidence);
    }

    private ChildJvm launchJobManager() throws IOException {
        return ChildJvm.start(
                "job-manager",
                directory,
                List.of("-Xmx512m", "-XX:MaxMetaspaceSize=192m"),
                Map.of("MALLOC_ARENA_MAX", "2"),
                StandaloneSessionClusterEntrypoint.class,
                List.of("--configDir", directory.toString()));
    }

    private static Map<String, String> options(
            Path directory, String zooKeeper, int restPort, Map<String, String> more) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("jobmanager.rpc.address", "127.0.0.1");
        options.put("jobmanager.bind-host", "127.0.0.1");
        options.put("taskmanager.host", "127.0.0.1");
        options.put("taskmanager.bind-host", "127.0.0.1");
        options.put("rest.address", "127.0.0.1");
        options.put("rest.bind-address", "127.0.0.1");
        options.put("rest.port", Integer.toString(restPort));
        options.put("execution.target", "remote");
        options.put("io.tmp.dirs", directory.resolve("tmp").toString());
        options.put("web.tmpdir", directory.resolve("tmp").toString());
        options.put("high-availability.type", "zookeeper");
        options.put("high-availability.zookeeper.quorum", zooKeeper);
        options.put("high-availability.storageDir", directory.resolve("ha").toUri().toString());
        options.putAll(more);
        return options;
    }

    private static Map<String, String> taskManagerSizes() {
        return Map.of(
                "taskmanager.numberOfTaskSlots", "2",
                "taskmanager.memory.process.size", "1g",
                "taskmanager.memory.jvm-metaspace.size", "192m",
                "taskmanager.memory.managed.size", "96m",
                "taskmanager.memory.network.min", "48m",
                "taskmanager.memory.network.max", "48m");
    }
}
