package io.millrace.jobs.cli;

import io.millrace.jobs.config.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace models}. */
@Command(
        name = "models",
        description = "Shows the versions of a model.",
        subcommands = {ModelsListCommand.class, ModelsShowCommand.class},
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace models list --config examples/movielens.yaml",
            "  millrace models show --config examples/movielens.yaml --version 3"
        })
final class ModelsCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "list or show?");
    }

    /** The options that say which model. */
    static final class Which {

        @Mixin final CommonOptions common = new CommonOptions();

        @Option(
                names = {"--versions", "--directory"},
                paramLabel = "DIR",
                description =
                        "Where the versions are, instead of --config or of its"
                                + " versions.directory.")
        private @Nullable Path directory;

        @Option(
                names = "--model",
                paramLabel = "NAME",
                description = "The model, when the directory has several.")
        private @Nullable String model;

        Versions versions() throws IOException {
            if (directory == null) {
                if (!common.hasConfig()) {
                    throw new UsageException(
                            "which model? Name its pipeline with --config, or where its versions"
                                    + " are with --directory");
                }
                PipelineConfig config = common.pipeline();
                Path root = Path.of(config.versions().directory());
                return Versions.in(root, model == null ? config.model().name() : model);
            }
            if (model != null) {
                return Versions.in(directory, model);
            }
            return Versions.in(
                    directory,
                    common.hasConfig() ? common.pipeline().model().name() : onlyModel(directory));
        }

        /** These options as words of a command line. */
        List<String> words() {
            List<String> words = new ArrayList<>(common.configWords());
            if (directory != null) {
                words.addAll(List.of("--versions", directory.toString()));
            }
            if (model != null) {
                words.addAll(List.of("--model", model));
            }
            return words;
        }

        private static String onlyModel(Path directory) throws IOException {
            if (!Files.isDirectory(directory)) {
                throw new UsageException(
                        "--directory " + directory + ": there is no such directory");
            }
            List<String> models;
            try (Stream<Path> folders = Files.list(directory)) {
                models =
                        folders.filter(Files::isDirectory)
                                .map(folder -> folder.getFileName().toString())
                                .sorted()
                                .toList();
            }
            if (models.isEmpty()) {
                throw new FailedException("there is no model in " + directory);
            }
            if (models.size() > 1) {
                throw new UsageException(
                        directory + " has the models " + models + "; choose one with --model");
            }
            return models.get(0);
        }
    }
}
