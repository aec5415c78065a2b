package io.millrace.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.architecture.Inputs.Purpose;
import io.millrace.model.learn.TorchEngine;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputsTest {

    /** By fields and numbers; two examples. */
    @ParameterizedTest
    @CsvSource({"2, 3", "2, 0", "0, 3"})
    void partsAndWholeAreTheSameHoweverTheyAreGiven(int fields, int numeric) {
        InputShape shape = InputShapes.of(Collections.nCopies(fields, 4), numeric);
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDArray embeddings = manager.arange(2f * fields * 4).reshape(2, fields * 4L);
            NDArray numbers = manager.arange(100f, 100f + 2 * numeric).reshape(2, numeric);
            Inputs parts =
                    new Inputs(
                            shape,
                            embeddings,
                            manager.zeros(new Shape(2, 0)),
                            numbers,
                            Purpose.SERVING,
                            null);
            Inputs whole =
                    Inputs.ofSideBySide(
                            shape, embeddings.concat(numbers, 1), Purpose.SERVING, null);

            List<Function<Inputs, NDArray>> views =
                    List.of(
                            Inputs::sideBySide,
                            Inputs::embeddings,
                            Inputs::weights,
                            Inputs::numeric,
                            inputs -> inputs.withoutDropout().numeric());
            for (Function<Inputs, NDArray> view : views) {
                NDArray expected = view.apply(parts);
                NDArray given = view.apply(whole);
                assertThat(given.getShape()).isEqualTo(expected.getShape());
                assertThat(given.toFloatArray()).isEqualTo(expected.toFloatArray());
            }
            assertThat(whole.size()).isEqualTo(2);
            assertThat(whole.shape()).isEqualTo(shape);
        }
    }
}
