package io.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * What a folder of deploy/kubernetes applies: its resources under its patches, as kustomize makes
 * them.
 */
record Manifests(String folder, List<JsonNode> resources) {

    static final Path ROOT = Path.of("kubernetes").toAbsolutePath();

    /** The part of a kustomization that is understood here. */
    private static final Set<String> FIELDS =
            Set.of(
                    "apiVersion",
                    "kind",
                    "namespace",
                    "resources",
                    "patches",
                    "configMapGenerator",
                    "configurations");

    private static final YAMLMapper YAML =
            YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    static Manifests of(String folder) {
        return new Manifests(folder, resources(ROOT.resolve(folder)));
    }

    /** What can be applied, and the deployments in each. */
    static Stream<Arguments> deployments() {
        return Stream.of("base", "gpu")
                .map(Manifests::of)
                .flatMap(
                        manifests ->
                                manifests
                                        .ofKind("FlinkDeployment")
                                        .map(
                                                deployment ->
                                                        Arguments.argumentSet(
                                                                manifests.folder
                                                                        + " "
                                                                        + name(deployment),
                                                                new FlinkDeployment(deployment))));
    }

    Stream<JsonNode> ofKind(String kind) {
        return resources.stream().filter(resource -> resource.path("kind").asText().equals(kind));
    }

    FlinkDeployment deployment(String name) {
        return ofKind("FlinkDeployment")
                .filter(resource -> name(resource).equals(name))
                .map(FlinkDeployment::new)
                .findFirst()
                .orElseThrow();
    }

    static String name(JsonNode resource) {
        return resource.at("/metadata/name").asText();
    }

    /** The documents of a file. */
    static List<JsonNode> read(Path file) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            return documents.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file's only document. */
    static JsonNode readOne(Path file) {
        try {
            return YAML.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> parse(String yaml) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            return documents.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> resources(Path folder) {
        JsonNode kustomization = readOne(folder.resolve("kustomization.yaml"));
        assertThat(kustomization.fieldNames()).toIterable().isSubsetOf(FIELDS);
        List<JsonNode> resources = new ArrayList<>();
        for (JsonNode resource : kustomization.path("resources")) {
            Path path = folder.resolve(resource.asText()).normalize();
            resources.addAll(Files.isDirectory(path) ? resources(path) : read(path));
        }
        for (JsonNode patch : kustomization.path("patches")) {
            ArrayNode operations = (ArrayNode) readOne(folder.resolve(patch.path("path").asText()));
            JsonNode target =
                    resources.stream()
                            .filter(resource -> isTarget(resource, patch.path("target")))
                            .findFirst()
                            .orElseThrow();
            JsonPatch.apply(operations, target);
        }
        return resources;
    }

    private static boolean isTarget(JsonNode resource, JsonNode target) {
        return resource.path("kind").equals(target.path("kind"))
                && resource.at("/metadata/name").equals(target.path("name"));
    }
}
