package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.VersionChain;
import io.millrace.model.version.VersionFingerprint;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace models show}. */
@Command(
        name = "show",
        description = "Shows what a version is: its data, its files, its specification.",
        sortOptions = false,
        footerHeading = "%nExample:%n",
        footer = "  millrace models show --config examples/movielens.yaml --version 3")
final class ModelsShowCommand implements Callable<Integer> {

    @Mixin private final ModelsCommand.Which which = new ModelsCommand.Which();

    @Option(
            names = "--version",
            paramLabel = "N",
            description = "The version (default: the newest).")
    private @Nullable Long version;

    @Override
    public Integer call() throws Exception {
        Versions versions = which.versions();
        long shown = versions.existing(version);
        which.common.checkJson();
        VersionChain chain = versions.catalog().chain(shown);
        long rows = versions.rows(shown);
        String fingerprint = VersionFingerprint.of(versions.storage(), versions.model(), shown);
        print(chain, rows, fingerprint, which.common.out());
        which.common.writeJson(json(chain, rows, fingerprint));
        return ExitCode.OK;
    }

    private void print(VersionChain chain, long rows, String fingerprint, PrintWriter out)
            throws Exception {
        Manifest manifest = chain.manifest();
        out.printf("model       %s%n", manifest.model());
        out.printf(
                "version     %d, %s%n",
                manifest.version(),
                manifest.isBase() ? "a base" : "a delta to version " + manifest.parent());
        out.printf("checkpoint  %d%n", manifest.checkpointId());
        out.printf(
                "created     %s (%s ago)%n",
                Instant.ofEpochMilli(manifest.createdAt()), ModelsListCommand.age(manifest));
        out.printf("examples    %,d%n", manifest.examples());
        out.printf("metrics     %s%n", ModelsListCommand.metrics(manifest));
        out.printf("watermark   %s%n", watermark(manifest));
        out.printf(
                "rows        %,d; its own parts have %,d%n",
                rows, ModelsListCommand.rows(manifest));
        out.printf("fingerprint %s%n", fingerprint);
        out.printf("chain       %s%n", chain(chain));
        out.println("offsets     the first that is not in this version");
        manifest.offsets().forEach((topic, ends) -> out.printf("  %s  %s%n", topic, ends(ends)));
        out.println("parts");
        for (PartInfo part : manifest.parts()) {
            out.printf(
                    "  %s  %,d rows, %,d bytes, crc32c %08x%n",
                    part.path(), part.rows(), part.bytes(), part.crc32c());
        }
        out.println("specification, hash " + manifest.specHash());
        out.println(
                which.common
                        .mapper()
                        .writerWithDefaultPrettyPrinter()
                        .writeValueAsString(manifest.spec()));
        out.flush();
    }

    private ObjectNode json(VersionChain chain, long rows, String fingerprint) throws Exception {
        ObjectNode json = (ObjectNode) which.common.mapper().readTree(chain.manifest().toBytes());
        json.put("rows", rows);
        json.put("fingerprint", fingerprint);
        ArrayNode links = json.putArray("chain");
        chain.links().forEach(link -> links.add(link.version()));
        return json;
    }

    private static String watermark(Manifest manifest) {
        boolean none =
                manifest.watermark() == Long.MIN_VALUE || manifest.watermark() == Long.MAX_VALUE;
        return none ? "-" : Instant.ofEpochMilli(manifest.watermark()).toString();
    }

    private static String chain(VersionChain chain) {
        return chain.links().stream()
                .map(link -> Long.toString(link.version()))
                .collect(Collectors.joining(" > "));
    }

    private static String ends(Map<Integer, Long> ends) {
        return ends.entrySet().stream()
                .map(end -> "%d: %,d".formatted(end.getKey(), end.getValue()))
                .collect(Collectors.joining(", "));
    }
}
