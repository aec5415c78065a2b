package io.millrace.model.version;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.learn.TorchEngine;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.Sgd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DenseExportTest {

    /** More than two blocks of dense weights; the features are not in alphabetical order. */
    private static final ModelSpec SPEC =
            new ModelSpec(
                    "clicks",
                    new Objective.Click(),
                    List.of(new Categorical("user", "user", 8), new Categorical("item", "item", 4)),
                    new DcnV2(1, 0, List.of(64, 32), DcnV2.Structure.STACKED),
                    new Sgd(0.1),
                    new Sgd(0.1),
                    5);

    private final MemoryVersionStorage storage = new MemoryVersionStorage();
    private final ParameterLayout layout = new ParameterLayout(SPEC);

    @Test
    void usageExample() throws IOException {
        float[] weights = new float[DenseLayout.BLOCK];
        weights[0] = 17;
        publish(1, null, 0, weights);
        weights = new float[DenseLayout.BLOCK];
        weights[5] = 18;
        publish(2, 1L, 1, weights);

        String path = new DenseExport(storage, "clicks").export(2);

        assertThat(path).isEqualTo(VersionPaths.dense("clicks", 2));
        float[] expected = new DenseVector(layout).values();
        Arrays.fill(expected, 0, 2 * DenseLayout.BLOCK, 0f);
        expected[0] = 17;
        expected[DenseLayout.BLOCK + 5] = 18;
        assertThat(decoded(storage.bytes(path))).isEqualTo(expected);
    }

    @Test
    void namesAndShapesEveryTensor() throws IOException {
        byte[] file = DenseExport.encode(layout.dense(), new DenseVector(layout).values());

        int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        JsonNode header = new ObjectMapper().readTree(new String(file, 8, length, UTF_8));
        for (TensorSpec tensor : layout.dense().tensors()) {
            JsonNode entry = header.get(tensor.name());
            assertThat(entry).as(tensor.name()).isNotNull();
            assertThat(entry.get("dtype").textValue()).isEqualTo("F32");
            assertThat(entry.get("shape")).hasToString(tensor.shape().toString().replace(" ", ""));
        }
    }

    @Test
    void theManifestKeepsTheOrderOfFeatures() throws IOException {
        publish(1, null, 0, new float[DenseLayout.BLOCK]);

        assertThat(Manifest.read(storage, "clicks", 1).modelSpec()).isEqualTo(SPEC);
    }

    private float[] decoded(byte[] safetensors) {
        float[] dense = new float[layout.dense().size()];
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDList tensors = NDList.decode(manager, safetensors);
            for (int i = 0; i < layout.dense().tensors().size(); i++) {
                String name = layout.dense().tensors().get(i).name();
                float[] values =
                        tensors.stream()
                                .filter(tensor -> tensor.getName().equals(name))
                                .findFirst()
                                .orElseThrow()
                                .toFloatArray();
                System.arraycopy(values, 0, dense, layout.dense().start(i), values.length);
            }
        }
        return dense;
    }

    private void publish(long version, @Nullable Long parent, int block, float[] weights)
            throws IOException {
        String path = VersionPaths.newPart("clicks", version, 0);
        try (RowFileWriter writer = RowFileWriter.create(storage, path, 0)) {
            writer.add(
                    ParameterKey.ofDenseBlock(block),
                    new RowBuffer().over(weights, 0, weights.length),
                    weights.length);
            new VersionWriter(storage)
                    .commit(
                            new Manifest(
                                    "clicks",
                                    version,
                                    parent,
                                    version,
                                    Map.of(),
                                    0,
                                    ModelSpecWriter.hash(SPEC),
                                    ModelSpecWriter.write(SPEC),
                                    List.of(writer.finish()),
                                    0,
                                    Map.of(),
                                    0,
                                    0));
        }
    }
}
