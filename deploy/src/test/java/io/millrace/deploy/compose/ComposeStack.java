package io.millrace.deploy.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The compose file, under a project's name and on ports of its own. Close removes its containers,
 * networks and volumes.
 */
final class ComposeStack implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(4);

    private final String name = "millrace-" + Long.toString(System.nanoTime(), 36);
    private final List<String> files = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Thread whenEndedFromOutside = new Thread(this::down, "compose-down");

    /**
     * @param more files laid over the compose file
     */
    ComposeStack(Map<String, String> environment, String... more) {
        files.add(ComposeFile.PATH);
        files.addAll(List.of(more));
        this.environment.put("MILLRACE_TAG", Engine.TAG);
        List<String> variables =
                List.of(
                        "KAFKA_PORT",
                        "TRAIN_UI_PORT",
                        "SCORE_UI_PORT",
                        "PROMETHEUS_PORT",
                        "SESSION_PORT");
        List<Integer> ports = FreePorts.distinct(variables.size());
        for (int i = 0; i < ports.size(); i++) {
            this.environment.put(variables.get(i), Integer.toString(ports.get(i)));
        }
        this.environment.putAll(environment);
        Runtime.getRuntime().addShutdownHook(whenEndedFromOutside);
    }

    String bootstrapServers() {
        return "localhost:" + environment.get("KAFKA_PORT");
    }

    /** Starts services, and what they depend on, that do not run yet; builds nothing. */
    void up(String... services) {
        compose(command(List.of("up", "-d", "--no-build"), services));
    }

    /** The same with options before the services. */
    void up(Stream<String> optionsAndServices) {
        up(optionsAndServices.toArray(String[]::new));
    }

    void stop(String... services) {
        compose(command(List.of("stop", "--timeout", "20"), services));
    }

    /** Runs a program in the first container of a service; its output. */
    String exec(String service, String... program) {
        List<String> command = new ArrayList<>(List.of("docker", "exec", container(service)));
        command.addAll(List.of(program));
        return Shell.run(Map.of(), LIMIT, command);
    }

    /** The same with a shell's text; empty when it fails. */
    String tryShell(String service, String text) {
        Shell.Result result = Engine.docker("exec", container(service), "bash", "-c", text);
        return result.exitCode() == 0 ? result.output() : "";
    }

    /**
     * {@code kill -9} of the JVM of a service; compose's restart policy does the rest. How the
     * shell ends says nothing: the container may end before it.
     */
    void killJvm(String service) {
        tryShell(
                service,
                "for p in /proc/[0-9]*; do case $(readlink $p/exe) in */java) kill -9 ${p##*/};;"
                        + " esac; done");
    }

    /** healthy, unhealthy, starting; or the state of a container without a health check. */
    String health(String service) {
        String container = container(service);
        return container.isEmpty()
                ? "absent"
                : Engine.docker(
                                "inspect",
                                "--format",
                                "{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}",
                                container)
                        .output()
                        .strip();
    }

    int restarts(String service) {
        return Integer.parseInt(
                Engine.docker("inspect", "--format", "{{.RestartCount}}", container(service))
                        .output()
                        .strip());
    }

    String logs(String... services) {
        return compose(command(List.of("logs", "--no-color", "--tail", "60"), services));
    }

    /** What Flink's web interface answers, at the port in a variable of the compose file. */
    JsonNode get(String portVariable, String path) {
        return Project.parse(body("http://localhost:" + environment.get(portVariable) + path));
    }

    /** The result of a query to Prometheus: one element a series. */
    JsonNode prometheus(String query) {
        JsonNode answer =
                get(
                        "PROMETHEUS_PORT",
                        "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        if (!answer.path("status").asText().equals("success")) {
            throw new AssertionError(query + ": " + answer);
        }
        return answer.get("data").get("result");
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(whenEndedFromOutside);
        down();
    }

    private void down() {
        compose(List.of("--profile", "simulate", "down", "--volumes", "--timeout", "1"));
    }

    private String container(String service) {
        return Engine.docker(
                        "ps",
                        "--all",
                        "--quiet",
                        "--filter",
                        "label=com.docker.compose.project=" + name,
                        "--filter",
                        "label=com.docker.compose.service=" + service)
                .output()
                .lines()
                .findFirst()
                .orElse("");
    }

    private static List<String> command(List<String> verb, String... services) {
        List<String> command = new ArrayList<>(verb);
        command.addAll(List.of(services));
        return command;
    }

    private String compose(List<String> arguments) {
        List<String> command = new ArrayList<>(Engine.composeCommand());
        command.addAll(List.of("--project-name", name));
        files.forEach(file -> command.addAll(List.of("--file", file)));
        command.addAll(arguments);
        return Shell.run(environment, LIMIT, command);
    }

    private String body(String uri) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create(uri))
                                    .timeout(Duration.ofSeconds(20))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(uri, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
