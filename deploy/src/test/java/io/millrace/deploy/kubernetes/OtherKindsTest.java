package io.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.HasMetadata;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.Namespace;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.Pod;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.ServiceAccount;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.rbac.Role;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OtherKindsTest {

    private static final Map<String, Class<? extends HasMetadata>> MODELS =
            Map.of(
                    "Namespace", Namespace.class,
                    "ServiceAccount", ServiceAccount.class,
                    "Role", Role.class,
                    "RoleBinding", RoleBinding.class,
                    "PersistentVolumeClaim", PersistentVolumeClaim.class,
                    "NetworkPolicy", NetworkPolicy.class);

    static Stream<JsonNode> resources() {
        return Manifests.of("gpu").resources().stream()
                .filter(resource -> !resource.path("kind").asText().equals("FlinkDeployment"));
    }

    @ParameterizedTest
    @MethodSource("resources")
    void isWhatKubernetesKnows(JsonNode resource) {
        Class<? extends HasMetadata> model = MODELS.get(resource.path("kind").asText());
        assertThat(model).as(resource.path("kind").asText()).isNotNull();

        HasMetadata read = ClientModel.read(resource, model);

        assertThat(ClientModel.unknownFields(read)).isEmpty();
        assertThat(resource.path("apiVersion").asText())
                .isEqualTo(HasMetadata.getApiVersion(model));
        assertThat(read.getMetadata().getName()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("io.millrace.deploy.kubernetes.Manifests#deployments")
    void hasPodTemplatesThatKubernetesKnows(FlinkDeployment deployment) {
        for (JsonNode template :
                new JsonNode[] {
                    deployment.jobManagerTemplate(), deployment.taskManagerTemplate()
                }) {
            assertThat(ClientModel.unknownFields(ClientModel.read(template, Pod.class))).isEmpty();
        }
    }

    @Test
    void findsFieldsThatKubernetesDoesNotKnow() {
        JsonNode policy =
                resources()
                        .filter(resource -> resource.path("kind").asText().equals("NetworkPolicy"))
                        .findFirst()
                        .orElseThrow();
        ((ObjectNode) policy.at("/spec/ingress/0/from/0/podSelector")).put("matchLabel", "text");

        assertThat(ClientModel.unknownFields(ClientModel.read(policy, NetworkPolicy.class)))
                .containsExactly("LabelSelector.matchLabel");
    }

    @Test
    void bindsTheRoleToTheAccountOfTheJobs() {
        Manifests manifests = Manifests.of("gpu");
        String account =
                manifests
                        .deployment("millrace-train")
                        .resource()
                        .at("/spec/serviceAccount")
                        .asText();
        JsonNode binding = manifests.ofKind("RoleBinding").findFirst().orElseThrow();

        assertThat(binding.at("/subjects/0/name").asText()).isEqualTo(account);
        assertThat(manifests.ofKind("ServiceAccount").map(Manifests::name))
                .containsExactly(account);
        assertThat(manifests.ofKind("Role").map(Manifests::name))
                .containsExactly(binding.at("/roleRef/name").asText());
    }
}
