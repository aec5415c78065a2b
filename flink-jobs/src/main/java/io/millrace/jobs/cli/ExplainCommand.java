package io.millrace.jobs.cli;

import io.millrace.jobs.cli.explain.ExampleSample;
import io.millrace.jobs.cli.explain.ExplainJson;
import io.millrace.jobs.cli.explain.ExplainPage;
import io.millrace.jobs.cli.explain.Explained;
import io.millrace.jobs.cli.explain.HeatMapImage;
import io.millrace.jobs.cli.explain.Wording;
import io.millrace.jobs.movielens.MovieLens100K;
import io.millrace.model.ModelSpec;
import io.millrace.model.explain.Explainer;
import io.millrace.model.explain.Explanation;
import io.millrace.model.explain.NothingToDrawException;
import io.millrace.model.version.VersionChain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace explain}. */
@Command(
        name = "explain",
        description = {
            "Draws what a trained model has learned about pairs of features.",
            "With --input, of real examples; without, of the version alone, where that can be."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace explain --config examples/movielens.yaml --output crosses.html",
            "  millrace explain --config pipeline.yaml --input ml-100k --output crosses.html"
                    + " --png crosses.png"
        })
final class ExplainCommand implements Callable<Integer> {

    /** More real examples than that do not change the picture. */
    private static final int SAMPLE = 10_000;

    private static final int IN_WORDS = 5;

    @Mixin private final ModelsCommand.Which which = new ModelsCommand.Which();

    @Option(
            names = "--version",
            paramLabel = "N",
            description = "The version (default: the newest).")
    private @Nullable Long version;

    @Option(
            names = "--input",
            paramLabel = "PATH",
            description =
                    "Real examples: a directory of MovieLens 100K, or a file of events as JSON"
                            + " lines.")
    private @Nullable Path input;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Where to write the page (HTML).")
    private @Nullable Path output;

    @Option(names = "--png", paramLabel = "FILE", description = "Where to write the picture alone.")
    private @Nullable Path png;

    @Option(
            names = "--per-weight",
            description =
                    "Divide norms of cross weights by the square root of their number, so that"
                            + " features of different dimensions compare. Changes nothing else.")
    private boolean perWeight;

    @Override
    public Integer call() throws Exception {
        checkOptions();
        Versions versions = which.versions();
        long shown = versions.existing(version);
        VersionChain chain = versions.catalog().chain(shown);
        Explained explained;
        BadLines badLines = new BadLines(input == null ? Path.of("") : input, which.common.err());
        try {
            explained = explain(new Explainer(versions.storage(), chain), chain, badLines);
        } catch (NothingToDrawException nothing) {
            throw new FailedException(String.valueOf(nothing.getMessage()));
        }
        write(explained);
        if (badLines.count() > 0) {
            throw new FailedException(
                    String.format(
                            Locale.ROOT,
                            "%s of %s could not be used; the picture is of all others",
                            Wording.count(badLines.count(), "line"),
                            input));
        }
        return ExitCode.OK;
    }

    private void checkOptions() {
        if (output == null && png == null && !which.common.writesJson()) {
            throw new UsageException(
                    "write what? Name a file with --output for the page, --png for the picture, or"
                            + " --json for the numbers");
        }
        which.common.checkWritable("--output", output);
        which.common.checkWritable("--png", png);
        which.common.checkJson();
        var unused = outputs();
        if (input != null && !Files.isDirectory(input)) {
            which.common.checkFile("--input", input);
        }
    }

    private Explained explain(Explainer explainer, VersionChain chain, BadLines badLines)
            throws Exception {
        ModelSpec spec = explainer.spec();
        String type = spec.architecture().type();
        if (input == null && explainer.measure().needsExamples()) {
            throw new UsageException(
                    "what a network "
                            + type
                            + " does with a pair depends on the example: name real ones with"
                            + " --input, a directory of MovieLens 100K or a file of events as JSON"
                            + " lines");
        }
        boolean usesInput = input != null && explainer.measure().usesExamples();
        if (input != null && !usesInput) {
            which.common.say("The weights of %s say it alone: --input is not read.", type);
        }
        if (usesInput && !spec.stream().isEmpty()) {
            throw new UsageException(
                    "what a network "
                            + type
                            + " does with a pair depends on the example, and those of --input lack"
                            + " this model's stream features and profiles: it cannot be explained");
        }
        ExampleSample sample = new ExampleSample(spec, SAMPLE);
        if (usesInput) {
            read(input, sample, badLines);
        }
        boolean isPerWeight = perWeight && explainer.measure().isOfCrossWeights();
        if (perWeight && !isPerWeight) {
            which.common.say(
                    "--per-weight is of cross weights, which %s has none of: it changes nothing.",
                    type);
        }
        Explanation explanation = explainer.explain(sample.examples(), isPerWeight);
        return new Explained(
                chain.manifest(),
                spec,
                explanation,
                isPerWeight,
                usesInput ? new Explained.Input(String.valueOf(input), sample.events()) : null,
                command(chain.manifest().version(), usesInput, isPerWeight));
    }

    private static void read(@Nullable Path input, ExampleSample sample, BadLines badLines)
            throws Exception {
        Path path = Objects.requireNonNull(input);
        if (Files.isDirectory(path)) {
            sample.read(new MovieLens100K(path));
        } else {
            sample.read(path, badLines);
        }
        if (sample.examples().isEmpty()) {
            throw new FailedException(
                    "there is no rating and no impression in " + path + " that fits the model");
        }
    }

    private void write(Explained explained) throws Exception {
        Wording wording = new Wording(explained);
        which.common.say(
                "Model %s, version %d, architecture %s",
                explained.manifest().model(),
                explained.manifest().version(),
                explained.spec().architecture().type());
        which.common.say("%s", wording.headline());
        wording.strongest(IN_WORDS).forEach(pair -> which.common.say("  %s", pair));
        which.common.say("Computed of %s.", wording.evidence());
        if (output != null) {
            Files.writeString(output, ExplainPage.of(explained));
            which.common.say("The page is %s.", output);
        }
        if (png != null) {
            HeatMapImage.write(explained, png);
            which.common.say("The picture is %s.", png);
        }
        which.common.writeJson(ExplainJson.of(explained));
    }

    private Map<String, Path> outputs() {
        return which.outputs("--output", "--png", "--json");
    }

    /** The command that makes the same of this version, whatever the newest is then. */
    private String command(long shown, boolean usesInput, boolean isPerWeight) {
        List<String> words = new ArrayList<>(List.of("./millrace", "explain"));
        words.addAll(which.words());
        words.add("--version");
        words.add(Long.toString(shown));
        if (usesInput && input != null) {
            words.add("--input");
            words.add(ModelsCommand.Which.absolute(input));
        }
        if (isPerWeight) {
            words.add("--per-weight");
        }
        outputs().forEach((option, file) -> words.addAll(List.of(option, file.toString())));
        if (which.common.jsonOnStandardOutput()) {
            words.addAll(List.of("--json", "-"));
        }
        return ShellWords.join(words);
    }
}
