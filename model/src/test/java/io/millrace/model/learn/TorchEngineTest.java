package io.millrace.model.learn;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import org.junit.jupiter.api.Test;

final class TorchEngineTest {

    @Test
    void usageExample() {
        TorchEngine.start(1);

        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            assertThat(manager.create(new float[] {1, 2}).sum().getFloat()).isEqualTo(3);
        }
        assertThat(JniUtils.getNumThreads()).isEqualTo(1);
        assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
        assertThat(System.getProperty("OPT_OUT_TRACKING")).isEqualTo("true");
    }

    @Test
    void theFirstStartDecides() {
        TorchEngine.start(1);
        TorchEngine.start(2);

        assertThat(JniUtils.getNumThreads()).isEqualTo(1);
    }
}
