package io.millrace.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ArchitectureFitTest {

    @Test
    void tensorsAreNamedByTheirPlace() {
        DcnV2 dcn = new DcnV2(1, 2, List.of(4), DcnV2.Structure.STACKED);

        assertThat(dcn.tensors(InputShapes.of(List.of(3), 0)))
                .extracting(TensorSpec::name)
                .containsExactly(
                        "cross.0.v",
                        "cross.0.u",
                        "cross.0.bias",
                        "deep.0.weight",
                        "deep.0.bias",
                        "output.weight",
                        "output.bias");
    }

    @Test
    void dcnNeedsAnInput() {
        assertThatThrownBy(() -> DcnV2.DEFAULT.tensors(InputShapes.of(List.of(), 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("declare a feature");
    }

    @Test
    void dlrmNeedsEmbeddingsOfOneDimension() {
        assertThatThrownBy(() -> Dlrm.DEFAULT.tensors(InputShapes.of(List.of(8, 4), 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[8, 4]");
    }

    @Test
    void dlrmNeedsTwoVectors() {
        assertThatThrownBy(() -> Dlrm.DEFAULT.tensors(InputShapes.of(List.of(8), 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two vectors");
        assertThatThrownBy(() -> Dlrm.DEFAULT.tensors(InputShapes.of(List.of(), 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two vectors");
    }

    @Test
    void optionsMustMakeSense() {
        assertThatThrownBy(() -> new DcnV2(-1, 0, List.of(), DcnV2.Structure.STACKED))
                .hasMessageContaining("cross layers is -1");
        assertThatThrownBy(() -> new DcnV2(1, -2, List.of(), DcnV2.Structure.STACKED))
                .hasMessageContaining("rank is -2");
        assertThatThrownBy(() -> new Dlrm(List.of(0), List.of(), false, true))
                .hasMessageContaining("bottom network has a layer of width 0");
    }
}
