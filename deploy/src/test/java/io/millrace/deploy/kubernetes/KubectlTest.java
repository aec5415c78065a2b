package io.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests as kubectl makes them; skipped where there is no kubectl. */
class KubectlTest {

    @ParameterizedTest
    @ValueSource(strings = {"base", "gpu"})
    void rendersWhatTheseTestsLookAt(String folder) throws Exception {
        assumeTrue(isInstalled("kubectl"), "kubectl is not installed");

        Map<String, JsonNode> rendered = byName(kustomize(folder).stream());

        Map<String, JsonNode> read = byName(Manifests.of(folder).resources().stream());
        assertThat(rendered.keySet()).containsAll(read.keySet()).hasSize(read.size() + 1);
        Stream.of("FlinkDeployment/millrace-train", "FlinkDeployment/millrace-score")
                .forEach(
                        name -> {
                            JsonNode spec = rendered.get(name).path("spec");
                            String map =
                                    spec.at("/podTemplate/spec/volumes/0/configMap/name").asText();
                            assertThat(map).matches("millrace-pipeline-\\w{10}");
                            assertThat(rendered).containsKey("ConfigMap/" + map);
                            assertThat(spec.toString().replace(map, "millrace-pipeline"))
                                    .satisfies(
                                            text ->
                                                    assertThat(Manifests.parse(text))
                                                            .containsExactly(
                                                                    read.get(name).path("spec")));
                        });
    }

    private static Map<String, JsonNode> byName(Stream<JsonNode> resources) {
        return resources.collect(
                Collectors.toMap(
                        resource -> resource.path("kind").asText() + "/" + Manifests.name(resource),
                        Function.identity()));
    }

    private static List<JsonNode> kustomize(String folder) throws Exception {
        Process kubectl =
                new ProcessBuilder("kubectl", "kustomize", folder)
                        .directory(Manifests.ROOT.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(kubectl.waitFor()).as(output).isZero();
        return Manifests.parse(output);
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
