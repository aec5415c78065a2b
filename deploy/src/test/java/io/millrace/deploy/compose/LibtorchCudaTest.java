package io.millrace.deploy.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packages that libtorch for Nvidia GPUs comes from; they are some gigabytes, so none is
 * fetched here.
 */
class LibtorchCudaTest {

    private static final String PACKAGES = "deploy/docker/libtorch-cuda.txt";

    @TempDir private Path directory;

    @Test
    void isTheVersionThatDjlIsBuiltFor() {
        assertThat(all("(?m)^torch==(\\S+)", Project.text(PACKAGES)))
                .isEqualTo(
                        all("<pytorch.version>([^<]+)</pytorch.version>", Project.text("pom.xml")))
                .hasSize(1);
    }

    @Test
    void eachPackageIsKnownByItsChecksum() {
        String packages = Project.text(PACKAGES);
        assertThat(all("(?m)^([a-z].*) \\\\\\R    --hash=sha256:[0-9a-f]{64}$", packages))
                .hasSameSizeAs(all("(?m)^([^#\\s].*)$", packages))
                .hasSizeGreaterThan(10);
    }

    @Test
    void whatIsThereIsNotFetchedAgain() throws IOException {
        Path folder = Files.createDirectory(directory.resolve("native"));
        Files.copy(Project.file(PACKAGES), folder.resolve("packages.txt"));
        assertThat(fetch(folder)).isEqualTo(new Shell.Result(0, ""));
    }

    @Test
    void saysWhatItNeeds() throws IOException {
        Path folder = directory.resolve("native");
        Shell.Result result = fetch(folder);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).contains("no python3 with pip here").contains("Install both");
        assertThat(folder).doesNotExist();
    }

    /** On a machine that has neither Python nor a network. */
    private Shell.Result fetch(Path folder) throws IOException {
        Path programs = Files.createDirectory(directory.resolve("programs"));
        for (String program : List.of("bash", "dirname", "cmp")) {
            Path started = programs.resolve(program);
            Files.writeString(started, "#!/bin/sh\nexec " + found(program) + " \"$@\"\n");
            assertThat(started.toFile().setExecutable(true)).isTrue();
        }
        return Shell.attempt(
                Map.of("PATH", programs.toString()),
                Duration.ofSeconds(30),
                List.of(
                        found("bash").toString(),
                        Project.file("deploy/docker/libtorch-cuda").toString(),
                        folder.toString()));
    }

    private static Path found(String program) {
        return Pattern.compile(":")
                .splitAsStream(System.getenv("PATH"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(program + " is not installed"));
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(LibtorchCudaTest::one).toList();
    }

    private static String one(MatchResult result) {
        return result.group(1);
    }
}
