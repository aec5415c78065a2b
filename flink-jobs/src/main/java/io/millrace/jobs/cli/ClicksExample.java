package io.millrace.jobs.cli;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The pipeline of {@code examples/clicks.yaml}, which comes along with this class. */
final class ClicksExample {

    private static final String NAME = "clicks.yaml";

    private ClicksExample() {}

    static PipelineConfig read() {
        try (InputStream file =
                Objects.requireNonNull(ClicksExample.class.getResourceAsStream(NAME), NAME)) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return PipelineConfigReader.read(text, "examples/" + NAME);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
