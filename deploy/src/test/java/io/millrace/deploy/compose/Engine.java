package io.millrace.deploy.compose;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The container engine of this machine. */
final class Engine {

    /** The image that tests build from this project's files, and leave for the next run. */
    static final String TAG = "under-test";

    private static final String FLINK = "flink:2.2.1-java17";
    private static final Duration SOON = Duration.ofSeconds(30);

    private Engine() {}

    /** Skips the test, saying why, where no engine answers or an image is not there. */
    static void requireWith(String... images) {
        Assumptions.assumeTrue(
                docker("version", "--format", "{{.Server.Version}}").exitCode() == 0,
                "no Docker engine answers on this machine");
        Assumptions.assumeTrue(
                compose("version").exitCode() == 0,
                "neither docker compose nor docker-compose is on this machine");
        for (String image : Stream.concat(Stream.of(FLINK), Stream.of(images)).toList()) {
            Assumptions.assumeTrue(
                    docker("image", "inspect", image).exitCode() == 0,
                    "the image " + image + " is not on this machine; docker pull " + image);
        }
        if (!Files.exists(Project.file("deploy/target/image/usrlib/millrace.jar"))) {
            throw new AssertionError("the image's files are not there; mvn -pl deploy -am package");
        }
    }

    /** Builds the project's image. */
    static void build() {
        Shell.run(
                Map.of(),
                Duration.ofMinutes(5),
                List.of(
                        "docker",
                        "build",
                        "--file",
                        "deploy/docker/Dockerfile",
                        "--build-arg",
                        "FLINK=" + FLINK,
                        "--tag",
                        "millrace:" + TAG,
                        "."));
    }

    /** {@code docker compose} where it is there, else the older {@code docker-compose}. */
    static List<String> composeCommand() {
        return docker("compose", "version").exitCode() == 0
                ? List.of("docker", "compose")
                : List.of("docker-compose");
    }

    private static Shell.Result compose(String argument) {
        return Shell.attempt(
                Map.of(),
                SOON,
                Stream.concat(composeCommand().stream(), Stream.of(argument)).toList());
    }

    static Shell.Result docker(String... arguments) {
        return Shell.attempt(
                Map.of(), SOON, Stream.concat(Stream.of("docker"), Stream.of(arguments)).toList());
    }
}
