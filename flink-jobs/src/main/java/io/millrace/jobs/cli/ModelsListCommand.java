package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code millrace models list}. */
@Command(
        name = "list",
        description = "Lists the versions of a model, oldest first.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace models list --config examples/movielens.yaml")
final class ModelsListCommand implements Callable<Integer> {

    @Mixin private final ModelsCommand.Which which = new ModelsCommand.Which();

    @Override
    public Integer call() throws Exception {
        Versions versions = which.versions();
        List<Manifest> manifests = new ArrayList<>();
        for (long version : versions.catalog().versions()) {
            manifests.add(versions.catalog().manifest(version));
        }
        if (manifests.isEmpty()) {
            throw new FailedException("model " + versions.model() + " has no version yet");
        }
        which.common.checkJson();
        table(manifests).lines().forEach(which.common.out()::println);
        which.common.out().flush();
        which.common.writeJson(json(versions.model(), manifests));
        return ExitCode.OK;
    }

    private static Table table(List<Manifest> manifests) {
        Table table =
                new Table(
                        "version",
                        "kind",
                        "parent",
                        "checkpoint",
                        "examples",
                        "rows",
                        "bytes",
                        "age",
                        "metrics");
        for (Manifest manifest : manifests) {
            table.row(
                    Long.toString(manifest.version()),
                    manifest.isBase() ? "base" : "delta",
                    manifest.parent() == null ? "-" : Long.toString(manifest.parent()),
                    Long.toString(manifest.checkpointId()),
                    "%,d".formatted(manifest.examples()),
                    "%,d".formatted(rows(manifest)),
                    "%,d".formatted(bytes(manifest)),
                    age(manifest),
                    metrics(manifest));
        }
        return table;
    }

    private static ObjectNode json(String model, List<Manifest> manifests) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("model", model);
        ArrayNode versions = json.putArray("versions");
        for (Manifest manifest : manifests) {
            ObjectNode version =
                    versions.addObject()
                            .put("version", manifest.version())
                            .put("kind", manifest.isBase() ? "base" : "delta")
                            .put("parent", manifest.parent())
                            .put("checkpoint", manifest.checkpointId())
                            .put("examples", manifest.examples())
                            .put("rows", rows(manifest))
                            .put("bytes", bytes(manifest))
                            .put("created_at", manifest.createdAt());
            ObjectNode metrics = version.putObject("metrics");
            manifest.metrics().forEach(metrics::put);
        }
        return json;
    }

    static long rows(Manifest manifest) {
        return manifest.parts().stream().mapToLong(PartInfo::rows).sum();
    }

    static long bytes(Manifest manifest) {
        return manifest.parts().stream().mapToLong(PartInfo::bytes).sum();
    }

    static String metrics(Manifest manifest) {
        return manifest.metrics().entrySet().stream()
                .map(
                        metric ->
                                String.format(
                                        Locale.ROOT, "%s %.4f", metric.getKey(), metric.getValue()))
                .collect(Collectors.joining(", "));
    }

    static String age(Manifest manifest) {
        long seconds = Math.max(0, System.currentTimeMillis() - manifest.createdAt()) / 1000;
        if (seconds < 120) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        if (minutes < 120) {
            return minutes + " min";
        }
        long hours = minutes / 60;
        return hours < 48 ? hours + " h" : hours / 24 + " d";
    }
}
