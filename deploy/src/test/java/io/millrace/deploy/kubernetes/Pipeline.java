package io.millrace.deploy.kubernetes;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The pipeline that the manifests put into a config map. */
final class Pipeline {

    static final Path FILE = Manifests.ROOT.resolve("base/pipeline.yaml");

    /** Where the secret for Kafka is mounted. */
    static final String SECRETS = "/etc/millrace/kafka";

    private Pipeline() {}

    static PipelineConfig read() {
        return PipelineConfigReader.read(FILE);
    }

    /** The same with a made-up secret, for jobs ask for the file that they are to log in with. */
    static PipelineConfig withSecretsIn(Path folder) {
        try {
            Files.writeString(folder.resolve("sasl.jaas.config"), "made-up");
            Files.writeString(folder.resolve("ca.crt"), "made-up");
            String pipeline = Files.readString(FILE).replace(SECRETS, folder.toString());
            return PipelineConfigReader.read(
                    Files.writeString(folder.resolve("pipeline.yaml"), pipeline));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
