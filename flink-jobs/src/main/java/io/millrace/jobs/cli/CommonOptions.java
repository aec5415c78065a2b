package io.millrace.jobs.cli;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that works on a pipeline. */
final class CommonOptions extends OutputOptions {

    @Option(names = "--config", paramLabel = "FILE", description = "The pipeline file (YAML).")
    private @Nullable Path config;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description =
                    "Kafka brokers. Without it, those of the pipeline file; if it names none, a"
                            + " broker in this process.")
    private @Nullable String bootstrapServers;

    /** The pipeline that was asked for, with the brokers that were asked for. */
    PipelineConfig pipeline() {
        if (config == null) {
            throw new UsageException(
                    "which pipeline? Name its file with --config, such as examples/movielens.yaml");
        }
        return onBrokers(PipelineConfigReader.read(config));
    }

    /** The pipeline that was asked for, or examples/clicks.yaml, the demo's. */
    PipelineConfig pipelineOrExample() {
        return config == null ? onBrokers(ClicksExample.read()) : pipeline();
    }

    boolean hasConfig() {
        return config != null;
    }

    /** The pipeline file; null when none was named. */
    @Nullable Path config() {
        return config;
    }

    private PipelineConfig onBrokers(PipelineConfig pipeline) {
        return bootstrapServers == null
                ? pipeline
                : pipeline.withBootstrapServers(bootstrapServers);
    }
}
