package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.junit.jupiter.api.Test;

class TrainerDeviceTest {

    @Test
    void withoutAGpuItIsTheCpu() {
        assertThat(TrainerDevice.choose(Set.of())).isEqualTo(Device.cpu());
    }

    @Test
    void theGpuIsTheOneThatFlinkGave() {
        assertThat(TrainerDevice.choose(Set.of(gpu("3")))).isEqualTo(Device.gpu(3));
    }

    @Test
    void ofSeveralGpusItIsTheFirstByNumber() {
        assertThat(TrainerDevice.choose(Set.of(gpu("10"), gpu("2"), gpu("7"))))
                .isEqualTo(Device.gpu(2));
    }

    @Test
    void aResourceWithoutAnIndexIsNoGpu() {
        assertThat(TrainerDevice.choose(Set.of(new FakeResource(Map.of("name", "fast")))))
                .isEqualTo(Device.cpu());
    }

    private static ExternalResourceInfo gpu(String index) {
        return new FakeResource(Map.of("index", index));
    }

    private record FakeResource(Map<String, String> properties) implements ExternalResourceInfo {

        @Override
        public Optional<String> getProperty(String key) {
            return Optional.ofNullable(properties.get(key));
        }

        @Override
        public Collection<String> getKeys() {
            return properties.keySet();
        }
    }
}
