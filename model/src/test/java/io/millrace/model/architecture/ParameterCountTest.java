package io.millrace.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.architecture.DcnV2.Structure;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Parameter counts against those of the <a href="https://keras.io/keras_rs/examples/">Keras-RS
 * examples</a> on MovieLens 100K: one embedding of dimension 8 a feature, one out-of-vocabulary row
 * each.
 */
final class ParameterCountTest {

    private static final int MOVIES = 1683;
    private static final int USERS = 944;
    private static final int GENDERS = 3;
    private static final int AGE_BUCKETS = 8;
    private static final int ZIPS = 796;
    private static final int OCCUPATIONS = 22;
    private static final int SIX_FIELDS =
            MOVIES + USERS + GENDERS + AGE_BUCKETS + ZIPS + OCCUPATIONS;

    @Test
    void fullRankDcn() {
        assertThat(SIX_FIELDS).isEqualTo(3456);
        assertThat(count(dcn(1, 0, 192, 192), fields(6), SIX_FIELDS)).isEqualTo(76_657);
    }

    @Test
    void lowRankDcn() {
        assertThat(count(dcn(1, 8, 192, 192), fields(6), SIX_FIELDS)).isEqualTo(75_121);
    }

    @Test
    void deepNetworkAlone() {
        assertThat(count(dcn(0, 0, 192, 192, 192), fields(6), SIX_FIELDS)).isEqualTo(111_361);
    }

    /** Its example has no age bucket but five numbers, and keeps the bottom output from the top. */
    @Test
    void dlrm() {
        Dlrm dlrm = new Dlrm(List.of(8), List.of(192, 192, 192), false, false);
        InputShape input = InputShapes.of(Collections.nCopies(5, 8), 5);

        assertThat(count(dlrm, input, SIX_FIELDS - AGE_BUCKETS)).isEqualTo(105_081);
    }

    @Test
    void toyOfThreeNumbers() {
        assertThat(count(dcn(1, 0), InputShapes.of(List.of(), 3), 0)).isEqualTo(16);
        assertThat(count(dcn(0, 0, 512, 256, 128), InputShapes.of(List.of(), 3), 0))
                .isEqualTo(166_401);
    }

    @Test
    void parallelFeedsBothOutputsToTheLogit() {
        DcnV2 parallel = new DcnV2(1, 0, List.of(4), Structure.PARALLEL);

        // Cross 3 x 3 + 3, deep 3 x 4 + 4, output 3 + 4 + 1.
        assertThat(count(parallel, InputShapes.of(List.of(), 3), 0)).isEqualTo(12 + 16 + 8);
    }

    private static DcnV2 dcn(int crossLayers, int rank, Integer... hidden) {
        return new DcnV2(crossLayers, rank, List.of(hidden), Structure.STACKED);
    }

    private static InputShape fields(int count) {
        return InputShapes.of(Collections.nCopies(count, 8), 0);
    }

    private static int count(Architecture architecture, InputShape input, int rows) {
        int dense = architecture.tensors(input).stream().mapToInt(TensorSpec::size).sum();
        return dense + rows * 8;
    }
}
