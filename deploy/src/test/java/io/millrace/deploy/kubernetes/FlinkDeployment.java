package io.millrace.deploy.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.kubernetes.configuration.KubernetesConfigOptions;

/** A FlinkDeployment, and what the operator makes of it for Flink. */
record FlinkDeployment(JsonNode resource) {

    private static final String MERGE_BY_NAME =
            "kubernetes.operator.pod-template.merge-arrays-by-name";

    String name() {
        return Manifests.name(resource);
    }

    Map<String, String> flinkConfiguration() {
        Map<String, String> configuration = new LinkedHashMap<>();
        resource.at("/spec/flinkConfiguration")
                .properties()
                .forEach(field -> configuration.put(field.getKey(), field.getValue().textValue()));
        return configuration;
    }

    /** Flink's configuration, with what the operator adds from the other fields. */
    Configuration configuration() {
        Configuration configuration = Configuration.fromMap(flinkConfiguration());
        configuration.setString(
                JobManagerOptions.TOTAL_PROCESS_MEMORY.key(),
                resource.at("/spec/jobManager/resource/memory").asText());
        configuration.setString(
                TaskManagerOptions.TOTAL_PROCESS_MEMORY.key(),
                resource.at("/spec/taskManager/resource/memory").asText());
        configuration.set(
                KubernetesConfigOptions.JOB_MANAGER_CPU,
                resource.at("/spec/jobManager/resource/cpu").asDouble());
        configuration.set(
                KubernetesConfigOptions.TASK_MANAGER_CPU,
                resource.at("/spec/taskManager/resource/cpu").asDouble());
        configuration.set(
                KubernetesConfigOptions.CONTAINER_IMAGE, resource.at("/spec/image").asText());
        configuration.set(
                KubernetesConfigOptions.KUBERNETES_SERVICE_ACCOUNT,
                resource.at("/spec/serviceAccount").asText());
        configuration.set(KubernetesConfigOptions.CLUSTER_ID, name());
        return configuration;
    }

    List<String> arguments() {
        return StreamSupport.stream(resource.at("/spec/job/args").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    /** The pod template of its job manager. */
    JsonNode jobManagerTemplate() {
        return template("jobManager");
    }

    /** The pod template of its task managers. */
    JsonNode taskManagerTemplate() {
        return template("taskManager");
    }

    private JsonNode template(String role) {
        JsonNode common = resource.at("/spec/podTemplate").deepCopy();
        JsonNode own = resource.at("/spec/" + role + "/podTemplate");
        if (own.isMissingNode()) {
            return common;
        }
        if (!"true".equals(flinkConfiguration().get(MERGE_BY_NAME))) {
            throw new IllegalStateException(
                    name() + " has two pod templates, but does not set " + MERGE_BY_NAME);
        }
        merge((ObjectNode) common, own);
        return common;
    }

    private static void merge(ObjectNode common, JsonNode own) {
        own.properties()
                .forEach(
                        field -> {
                            JsonNode there = common.path(field.getKey());
                            if (there instanceof ObjectNode object) {
                                merge(object, field.getValue());
                            } else if (there instanceof ArrayNode array) {
                                field.getValue().forEach(element -> mergeByName(array, element));
                            } else {
                                common.set(field.getKey(), field.getValue());
                            }
                        });
    }

    private static void mergeByName(ArrayNode common, JsonNode own) {
        for (JsonNode element : common) {
            if (element.path("name").equals(own.required("name"))) {
                merge((ObjectNode) element, own);
                return;
            }
        }
        common.add(own);
    }

    @Override
    public String toString() {
        return name();
    }
}
