package io.millrace.deploy.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What the main container of a pod template sees of the pod's volumes. */
record Mounts(JsonNode template) {

    static final String MAIN_CONTAINER = "flink-main-container";

    static Mounts of(JsonNode template) {
        return new Mounts(template);
    }

    JsonNode mainContainer() {
        return elements(template.at("/spec/containers"))
                .filter(container -> container.path("name").asText().equals(MAIN_CONTAINER))
                .findFirst()
                .orElseThrow();
    }

    /** The mount that a path lies in, or is. */
    Optional<JsonNode> mountOf(String path) {
        return elements(mainContainer().path("volumeMounts"))
                .filter(mount -> (path + "/").startsWith(mount.path("mountPath").asText() + "/"))
                .findFirst();
    }

    /** The volume that is mounted at a path or above it. */
    Optional<JsonNode> volumeAt(String path) {
        return mountOf(path)
                .map(
                        mount ->
                                elements(template.at("/spec/volumes"))
                                        .filter(
                                                volume ->
                                                        volume.path("name")
                                                                .equals(mount.path("name")))
                                        .findFirst()
                                        .orElseThrow());
    }

    static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
