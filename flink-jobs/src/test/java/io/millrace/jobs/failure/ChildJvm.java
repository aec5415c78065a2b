package io.millrace.jobs.failure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A Java process on this test's class path, whose output goes to a file. It never outlives this
 * JVM.
 */
final class ChildJvm implements AutoCloseable {

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
    private static final List<String> OPENED =
            List.of("java.util", "java.lang", "java.nio", "java.util.concurrent");
    private static final int LINES_SHOWN = 40;

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final String name;
    private final Path log;
    private final Process process;

    private ChildJvm(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts a process.
     *
     * @param name of the process; its output goes to {@code NAME.log}, behind what is there
     * @param logs where the log and its configuration lie
     * @param jvmOptions such as {@code -Xmx256m}
     */
    static ChildJvm start(
            String name,
            Path logs,
            List<String> jvmOptions,
            Map<String, String> environment,
            Class<?> main,
            List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("-XX:TieredStopAtLevel=1");
        OPENED.forEach(opened -> command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED"));
        command.add("-Dlog4j2.configurationFile=" + logging(logs));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(DiesWithParent.class.getName());
        command.add(main.getName());
        command.addAll(arguments);
        Path log = logs.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        RUNNING.add(process);
        return new ChildJvm(name, log, process);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it as {@code kill -9} does, and returns when it is gone. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
        RUNNING.remove(process);
    }

    /** Stops it where it is; its connections stay open. */
    void pause() throws Exception {
        signal("STOP");
    }

    void resume() throws Exception {
        signal("CONT");
    }

    /** Waits until it has ended by itself; returns its exit status. */
    int await(long seconds) throws InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " has not ended in " + seconds + " s\n" + lastLines());
        }
        RUNNING.remove(process);
        return process.exitValue();
    }

    /** All it has written. */
    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of what it has written. */
    String lastLines() {
        List<String> lines = output().lines().toList();
        return "---- "
                + log.getFileName()
                + (isAlive() ? "" : ", ended")
                + "\n"
                + String.join(
                        "\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()))
                + "\n";
    }

    @Override
    public void close() {
        kill();
    }

    private void signal(String signal) throws Exception {
        int status =
                new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .inheritIO()
                        .start()
                        .waitFor();
        if (status != 0) {
            throw new IllegalStateException("kill -" + signal + " of " + name + ": " + status);
        }
    }

    private static Path logging(Path logs) throws IOException {
        return Files.writeString(
                logs.resolve("log4j2.properties"),
                """
                status = ERROR
                appender.console.type = Console
                appender.console.name = console
                appender.console.target = SYSTEM_OUT
                appender.console.layout.type = PatternLayout
                appender.console.layout.pattern = %d{HH:mm:ss.SSS} %-5p %-40.40c{1} %m%n%xEx
                rootLogger.level = INFO
                rootLogger.appenderRef.console.ref = console
                """);
    }
}
