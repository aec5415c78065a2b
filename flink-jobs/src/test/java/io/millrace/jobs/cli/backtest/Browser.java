package io.millrace.jobs.cli.backtest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Chromium that shows a page to nobody. */
record Browser(Path program) {

    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome");
    private static final int SECONDS = 120;

    /** The first on the path. */
    static Optional<Browser> onPath() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Browser::new);
    }

    /**
     * What a page has become once its scripts have run.
     *
     * @param directory for its profile and its output
     */
    String dom(Path page, Path directory, int width, int height)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "dom", ".html");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program.toString(),
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--disable-background-networking",
                                "--no-first-run",
                                "--user-data-dir=" + directory.resolve("profile"),
                                "--window-size=" + width + "," + height,
                                "--virtual-time-budget=10000",
                                "--dump-dom",
                                page.toUri().toString()));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        List<ProcessHandle> family = List.of();
        try {
            while (process.isAlive() && !process.waitFor(200, TimeUnit.MILLISECONDS)) {
                family = process.descendants().toList();
                if (process.info().startInstant().isPresent()
                        && process.info()
                                .startInstant()
                                .get()
                                .plusSeconds(SECONDS)
                                .isBefore(java.time.Instant.now())) {
                    throw new IOException(program + " did not end within " + SECONDS + " s");
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
            for (ProcessHandle child : family) {
                child.destroyForcibly();
                var unused = child.onExit().join();
            }
        }
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
