package io.millrace.deploy.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.flink.client.deployment.ClusterSpecification;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.DeploymentOptionsInternal;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.kubernetes.configuration.KubernetesConfigOptions;
import org.apache.flink.kubernetes.configuration.KubernetesConfigOptionsInternal;
import org.apache.flink.kubernetes.configuration.KubernetesDeploymentTarget;
import org.apache.flink.kubernetes.kubeclient.FlinkPod;
import org.apache.flink.kubernetes.kubeclient.factory.KubernetesJobManagerFactory;
import org.apache.flink.kubernetes.kubeclient.factory.KubernetesTaskManagerFactory;
import org.apache.flink.kubernetes.kubeclient.parameters.KubernetesJobManagerParameters;
import org.apache.flink.kubernetes.kubeclient.parameters.KubernetesTaskManagerParameters;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.Container;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.Pod;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.PodBuilder;
import org.apache.flink.kubernetes.shaded.io.fabric8.kubernetes.api.model.PodSpec;
import org.apache.flink.kubernetes.utils.Constants;
import org.apache.flink.runtime.clusterframework.ContaineredTaskManagerParameters;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.externalresource.ExternalResourceUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;

/** The pods of a deployment as Flink itself makes them of its templates and configuration. */
final class Pods {

    private final FlinkDeployment deployment;
    private final Configuration configuration;

    /**
     * @param scratch takes the place of Flink's folder of configuration
     */
    Pods(FlinkDeployment deployment, Path scratch) {
        this.deployment = deployment;
        this.configuration = deployment.configuration();
        configuration.set(DeploymentOptionsInternal.CONF_DIR, scratch.toString());
        configuration.set(
                DeploymentOptions.TARGET, KubernetesDeploymentTarget.APPLICATION.getName());
        // What Flink's client chooses where nobody does.
        configuration.set(
                TaskManagerOptions.RPC_PORT, Integer.toString(Constants.TASK_MANAGER_RPC_PORT));
        configuration.set(BlobServerOptions.PORT, Integer.toString(Constants.BLOB_SERVER_PORT));
        configuration.set(
                HighAvailabilityOptions.HA_JOB_MANAGER_PORT_RANGE,
                configuration.get(JobManagerOptions.PORT).toString());
    }

    /** The specification of each pod: a job manager's and a task manager's. */
    List<PodSpec> all() throws Exception {
        return List.of(jobManager(), taskManager());
    }

    TaskExecutorProcessSpec taskManagerMemory() {
        return TaskExecutorProcessUtils.processSpecFromConfig(configuration);
    }

    int jobManagerMegabytes() {
        return JobManagerProcessUtils.processSpecFromConfig(configuration)
                .getTotalProcessMemorySize()
                .getMebiBytes();
    }

    PodSpec jobManager() throws Exception {
        Configuration ofJobManager = new Configuration(configuration);
        ofJobManager.set(KubernetesConfigOptionsInternal.ENTRY_POINT_CLASS, "none");
        return KubernetesJobManagerFactory.buildKubernetesJobManagerSpecification(
                        template(deployment.jobManagerTemplate()),
                        new KubernetesJobManagerParameters(
                                ofJobManager,
                                new ClusterSpecification.ClusterSpecificationBuilder()
                                        .setMasterMemoryMB(jobManagerMegabytes())
                                        .createClusterSpecification()))
                .getDeployment()
                .getSpec()
                .getTemplate()
                .getSpec();
    }

    PodSpec taskManager() {
        return KubernetesTaskManagerFactory.buildTaskManagerKubernetesPod(
                        template(deployment.taskManagerTemplate()),
                        new KubernetesTaskManagerParameters(
                                configuration,
                                deployment.name() + "-taskmanager-1-1",
                                "",
                                "",
                                ContaineredTaskManagerParameters.create(
                                        configuration, taskManagerMemory()),
                                ExternalResourceUtils.getExternalResourceConfigurationKeys(
                                        configuration,
                                        KubernetesConfigOptions
                                                .EXTERNAL_RESOURCE_KUBERNETES_CONFIG_KEY_SUFFIX),
                                Set.of()))
                .getInternalResource()
                .getSpec();
    }

    static Container mainContainer(PodSpec pod) {
        return pod.getContainers().stream()
                .filter(container -> container.getName().equals(Mounts.MAIN_CONTAINER))
                .findFirst()
                .orElseThrow();
    }

    private static FlinkPod template(JsonNode template) {
        Pod pod = ClientModel.read(template, Pod.class);
        Container main = mainContainer(pod.getSpec());
        Pod others = new PodBuilder(pod).editSpec().removeFromContainers(main).endSpec().build();
        return new FlinkPod.Builder().withPod(others).withMainContainer(main).build();
    }
}
