package io.millrace.jobs.cli;

import io.millrace.jobs.config.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

        /** Where a pipeline file that names no directory puts versions. */
        private static final Path BY_DEFAULT = Path.of(".millrace", "versions");

        @Mixin final CommonOptions common = new CommonOptions();

        @Spec(Spec.Target.MIXEE)
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec command;

        @Option(
                names = {"--versions", "--directory"},
                paramLabel = "DIR",
                description =
                        "Where the versions are, instead of --config or of its"
                                + " versions.directory; .millrace/versions with --model alone.")
        private @Nullable Path directory;

        @Option(
                names = "--model",
                paramLabel = "NAME",
                description = "The model, when the directory has several.")
        private @Nullable String model;

        Versions versions() throws IOException {
            if (directory == null && model != null && !common.hasConfig()) {
                directory = BY_DEFAULT;
            }
            if (directory == null) {
                if (!common.hasConfig()) {
                    throw new UsageException(
                            "which model? Name its pipeline with --config, or itself with --model"
                                    + " and where its versions are with --versions");
                }
                PipelineConfig config = common.pipeline();
                Path root = Path.of(config.versions().directory());
                return Versions.in(root, model == null ? config.model().name() : model);
            }
            if (model == null && !common.hasConfig()) {
                return Versions.in(directory, onlyModel(directory));
            }
            String named = model == null ? common.pipeline().model().name() : model;
            requireModel(directory, named);
            return Versions.in(directory, named);
        }

        /**
         * The files that these options name, by option, in the order of the options: those that are
         * not given, and the standard output, are not among them.
         *
         * @throws UsageException when two of them are the same file
         */
        Map<String, Path> outputs(String... options) {
            Map<String, Path> files = new LinkedHashMap<>();
            for (String option : options) {
                Object value = command.findOption(option).getValue();
                if (value == null || value.equals("-")) {
                    continue;
                }
                Path file = Path.of(value.toString()).toAbsolutePath().normalize();
                files.forEach(
                        (other, taken) -> {
                            if (taken.equals(file)) {
                                throw new UsageException(
                                        other
                                                + " and "
                                                + option
                                                + " are both "
                                                + value
                                                + ": name two different files");
                            }
                        });
                files.put(option, file);
            }
            return files;
        }

        /** These options as words of a command line that means the same in every directory. */
        List<String> words() {
            List<String> words = new ArrayList<>();
            if (common.config() != null) {
                words.addAll(List.of("--config", absolute(common.config())));
            }
            if (directory != null) {
                words.addAll(List.of("--versions", absolute(directory)));
            }
            if (model != null) {
                words.addAll(List.of("--model", model));
            }
            return words;
        }

        static String absolute(Path path) {
            return path.toAbsolutePath().normalize().toString();
        }

        private static void requireModel(Path directory, String model) throws IOException {
            List<String> models = models(directory);
            if (!models.contains(model)) {
                throw new UsageException(
                        directory
                                + " has no model "
                                + model
                                + (models.isEmpty() ? ", nor any other" : "; it has " + models));
            }
        }

        /** The models that have a folder in a directory, in alphabetical order. */
        private static List<String> models(Path directory) throws IOException {
            if (!Files.isDirectory(directory)) {
                throw new UsageException("there is no directory " + directory);
            }
            try (Stream<Path> folders = Files.list(directory)) {
                return folders.filter(Files::isDirectory)
                        .map(folder -> folder.getFileName().toString())
                        .sorted()
                        .toList();
            }
        }

        private static String onlyModel(Path directory) throws IOException {
            List<String> models = models(directory);
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
