package io.millrace.jobs.train;

import ai.djl.Device;
import java.util.Comparator;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.RuntimeContext;

/** The device a trainer computes on: the first GPU that Flink gave its slot, else the CPU. */
final class TrainerDevice {

    /** Name of the external resource, as in Flink's configuration. */
    static final String RESOURCE = "gpu";

    /** Property in which Flink's GPU driver gives the device's index. */
    static final String INDEX = "index";

    private TrainerDevice() {}

    static Device choose(RuntimeContext context) {
        return choose(context.getExternalResourceInfos(RESOURCE));
    }

    static Device choose(Set<ExternalResourceInfo> gpus) {
        return gpus.stream()
                .flatMap(gpu -> gpu.getProperty(INDEX).stream())
                .map(Integer::valueOf)
                .min(Comparator.naturalOrder())
                .map(Device::gpu)
                .orElse(Device.cpu());
    }
}
