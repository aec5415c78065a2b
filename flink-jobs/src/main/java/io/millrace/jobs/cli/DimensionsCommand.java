package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.model.config.ConfigException;
import io.millrace.model.explain.NeededDimension;
import io.millrace.model.explain.PipelineDimensions;
import io.millrace.model.version.VersionChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace dimensions}. */
@Command(
        name = "dimensions",
        description = {
            "Says which dimension each feature needs, of what a trained model has learned.",
            "That is as many principal components as keep a share of the variance of the feature's"
                    + " embeddings. Writes a pipeline file with these dimensions to train next."
        },
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer =
                "  millrace dimensions --config examples/movielens.yaml --share 0.95 --output"
                        + " next.yaml")
final class DimensionsCommand implements Callable<Integer> {

    @Mixin private final ModelsCommand.Which which = new ModelsCommand.Which();

    @Option(
            names = "--version",
            paramLabel = "N",
            description = "The version (default: the newest).")
    private @Nullable Long version;

    @Option(
            names = "--share",
            paramLabel = "SHARE",
            description = "The share of the variance to keep (default: ${DEFAULT-VALUE}).")
    private double share = 0.95;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Where to write the pipeline file to train next.")
    private @Nullable Path output;

    @Override
    public Integer call() throws Exception {
        Path config = checkedOptions();
        Versions versions = which.versions();
        VersionChain chain = versions.catalog().chain(versions.existing(version));
        requireSameFeatures(chain, config);
        List<NeededDimension> needed = NeededDimension.of(versions.storage(), chain, share);
        if (needed.isEmpty()) {
            throw new FailedException(
                    "model " + versions.model() + " has no feature with an embedding");
        }
        Next next = Next.of(Files.readString(config), config, needed);
        print(chain, needed, next);
        if (output != null) {
            Files.writeString(output, next.text());
            which.common.say("%nThe pipeline to train next is %s.", output);
        }
        which.common.writeJson(json(chain, needed, next));
        return ExitCode.OK;
    }

    private Path checkedOptions() throws IOException {
        Path config = which.common.config();
        if (config == null) {
            throw new UsageException(
                    "which pipeline? Name its file with --config: the dimensions are written into a"
                            + " copy of it");
        }
        if (!(share > 0 && share <= 1)) {
            throw new UsageException("--share " + share + ": expected above 0 and at most 1");
        }
        which.common.checkFile("--config", config);
        which.common.checkWritable("--output", output);
        if (output != null && Files.exists(output) && Files.isSameFile(output, config)) {
            throw new UsageException(
                    "--output " + output + " is the file of --config, which stays as it is");
        }
        which.common.checkJson();
        var unused = which.outputs("--output", "--json");
        return config;
    }

    /** Dimensions of one model's features say nothing of another's. */
    private void requireSameFeatures(VersionChain chain, Path config) throws IOException {
        String version =
                "version " + chain.manifest().version() + " of " + chain.manifest().model();
        FeatureDifference.first(
                        chain.manifest().modelSpec(),
                        version,
                        which.common.pipeline().model(),
                        config.toString())
                .ifPresent(
                        difference -> {
                            throw new UsageException(
                                    difference
                                            + ": name the pipeline file that the version was"
                                            + " trained with");
                        });
    }

    private void print(VersionChain chain, List<NeededDimension> needed, Next next) {
        which.common.say(
                "Model %s, version %d: dimensions that keep %s of the variance",
                chain.manifest().model(), chain.manifest().version(), share);
        Table table = new Table("dimension", "needed", "next", "values", "feature");
        for (NeededDimension field : needed) {
            table.row(
                    Integer.toString(field.trained()),
                    Integer.toString(field.needed()),
                    Integer.toString(next.of(field)),
                    String.format(Locale.ROOT, "%,d", field.values()),
                    field.feature());
        }
        table.lines().forEach(line -> which.common.say("%s", line));
        if (next.isCommon()) {
            which.common.say(
                    "The architecture needs one dimension for all features: they get the largest"
                            + " that one needs.");
        }
    }

    private ObjectNode json(VersionChain chain, List<NeededDimension> needed, Next next) {
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("model", chain.manifest().model())
                        .put("version", chain.manifest().version())
                        .put("share", share)
                        .put("one_for_all", next.isCommon());
        ArrayNode features = json.putArray("features");
        for (NeededDimension field : needed) {
            features.addObject()
                    .put("feature", field.feature())
                    .put("values", field.values())
                    .put("dimension", field.trained())
                    .put("needed", field.needed())
                    .put("next", next.of(field));
        }
        return json;
    }

    /**
     * The pipeline to train next.
     *
     * @param text of its file
     * @param dimensions by feature
     * @param isCommon whether all are equal because the architecture needs them to be
     */
    private record Next(String text, Map<String, Integer> dimensions, boolean isCommon) {

        static Next of(String text, Path config, List<NeededDimension> needed) {
            PipelineConfigReader.read(text, config.toString());
            Map<String, Integer> each = new LinkedHashMap<>();
            needed.forEach(field -> each.put(field.feature(), field.needed()));
            try {
                return checked(text, each, false);
            } catch (ConfigException different) {
                int largest = needed.stream().mapToInt(NeededDimension::needed).max().orElseThrow();
                each.replaceAll((feature, dimension) -> largest);
                return checked(text, each, true);
            }
        }

        private static Next checked(String text, Map<String, Integer> each, boolean isCommon) {
            String next = PipelineDimensions.replaced(text, each);
            PipelineConfigReader.read(next, "the pipeline to train next");
            return new Next(next, Map.copyOf(each), isCommon);
        }

        int of(NeededDimension field) {
            return dimensions.getOrDefault(field.feature(), field.needed());
        }
    }
}
