package io.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.Container;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.PodSecurityContext;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.PodSpec;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.Quantity;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.ResourceRequirements;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.SecurityContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PodsTest {

    private static final String DEPLOYMENTS = "io.millrace.deploy.kubernetes.Manifests#deployments";
    private static final long FLINK_USER = 9999;

    @TempDir Path scratch;

    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void mayHaveAsMuchMemoryAsFlinkTakes(FlinkDeployment deployment) throws Exception {
        Pods pods = new Pods(deployment, scratch);

        assertThat(limit(pods.taskManager(), "memory"))
                .isGreaterThanOrEqualTo(
                        BigDecimal.valueOf(
                                pods.taskManagerMemory().getTotalProcessMemorySize().getBytes()));
        assertThat(limit(pods.jobManager(), "memory"))
                .isGreaterThanOrEqualTo(
                        BigDecimal.valueOf(pods.jobManagerMegabytes())
                                .multiply(BigDecimal.valueOf(1 << 20)));
    }

    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void requestWhatTheyAreLimitedTo(FlinkDeployment deployment) throws Exception {
        for (PodSpec pod : new Pods(deployment, scratch).all()) {
            ResourceRequirements resources = Pods.mainContainer(pod).getResources();

            assertThat(resources.getLimits()).containsKeys("cpu", "memory");
            assertThat(resources.getRequests()).isEqualTo(resources.getLimits());
        }
    }

    @Test
    void trainWithOneGpuEach() throws Exception {
        Pods pods = new Pods(Manifests.of("gpu").deployment("millrace-train"), scratch);

        assertThat(limit(pods.taskManager(), "nvidia.com/gpu")).isEqualTo(BigDecimal.ONE);
        assertThat(pods.taskManager().getTolerations())
                .anySatisfy(
                        toleration -> assertThat(toleration.getKey()).isEqualTo("nvidia.com/gpu"));
        assertThat(Pods.mainContainer(pods.jobManager()).getResources().getLimits())
                .doesNotContainKey("nvidia.com/gpu");
    }

    @Test
    void needNoGpuOtherwise() throws Exception {
        Pods pods = new Pods(Manifests.of("base").deployment("millrace-train"), scratch);

        assertThat(Pods.mainContainer(pods.taskManager()).getResources().getLimits())
                .doesNotContainKey("nvidia.com/gpu");
    }

    /**
     * The profile "restricted" of Kubernetes' pod security standards, which the namespace enforces.
     */
    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void mayDoNoMoreThanTheyMust(FlinkDeployment deployment) throws Exception {
        for (PodSpec pod : new Pods(deployment, scratch).all()) {
            PodSecurityContext security = pod.getSecurityContext();
            assertThat(security.getRunAsNonRoot()).isTrue();
            assertThat(security.getRunAsUser()).isEqualTo(FLINK_USER);
            assertThat(security.getFsGroup()).isEqualTo(FLINK_USER);
            assertThat(security.getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getHostNetwork()).isNotEqualTo(true);
            assertThat(pod.getVolumes()).allMatch(volume -> volume.getHostPath() == null);
            assertThat(pod.getContainers()).isNotEmpty();
            for (Container container : pod.getContainers()) {
                SecurityContext own = container.getSecurityContext();
                assertThat(own.getAllowPrivilegeEscalation()).isFalse();
                assertThat(own.getReadOnlyRootFilesystem()).isTrue();
                assertThat(own.getCapabilities().getDrop()).containsExactly("ALL");
                assertThat(own.getCapabilities().getAdd()).isEmpty();
                assertThat(own.getPrivileged()).isNotEqualTo(true);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(DEPLOYMENTS)
    void showTheirMetrics(FlinkDeployment deployment) throws Exception {
        String port = deployment.flinkConfiguration().get("metrics.reporter.prom.port");

        for (PodSpec pod : new Pods(deployment, scratch).all()) {
            assertThat(Pods.mainContainer(pod).getPorts())
                    .anyMatch(open -> open.getContainerPort() == Integer.parseInt(port));
        }
        assertThat(deployment.jobManagerTemplate().at("/metadata/annotations"))
                .hasToString(
                        "{\"prometheus.io/scrape\":\"true\",\"prometheus.io/port\":\"%s\"}"
                                .formatted(port));
    }

    private static BigDecimal limit(PodSpec pod, String resource) {
        Quantity limit = Pods.mainContainer(pod).getResources().getLimits().get(resource);
        assertThat(limit).as(resource).isNotNull();
        return Quantity.getAmountInBytes(limit);
    }
}
