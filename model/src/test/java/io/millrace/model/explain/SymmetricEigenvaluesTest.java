package io.millrace.model.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SymmetricEigenvaluesTest {

    @Test
    void usageExample() {
        assertThat(SymmetricEigenvalues.ascending(new double[][] {{2, 1}, {1, 2}}))
                .containsExactly(new double[] {1, 3}, within(1e-15));
    }

    /** The second difference of n points has the eigenvalues 2 - 2 cos(k pi / (n + 1)). */
    @Test
    void ofTheSecondDifference() {
        int n = 64;
        double[][] matrix = new double[n][n];
        double[] expected = new double[n];
        for (int i = 0; i < n; i++) {
            matrix[i][i] = 2;
            if (i > 0) {
                matrix[i][i - 1] = -1;
                matrix[i - 1][i] = -1;
            }
            expected[i] = 2 - 2 * Math.cos((i + 1) * Math.PI / (n + 1));
        }

        assertThat(SymmetricEigenvalues.ascending(matrix)).containsExactly(expected, within(1e-13));
    }

    /** The sum of the eigenvalues is the trace, that of their squares the sum of all squares. */
    @Test
    void ofADenseMatrixWithNegativeOnes() {
        int n = 30;
        double[][] matrix = new double[n][n];
        Random random = new Random(1);
        double trace = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                matrix[i][j] = random.nextGaussian();
                matrix[j][i] = matrix[i][j];
                squares += matrix[i][j] * matrix[i][j] * (i == j ? 1 : 2);
            }
            trace += matrix[i][i];
        }

        double[] eigenvalues = SymmetricEigenvalues.ascending(matrix);

        assertThat(eigenvalues).isSorted();
        assertThat(eigenvalues[0]).isNegative();
        assertThat(Arrays.stream(eigenvalues).sum()).isCloseTo(trace, within(1e-11));
        assertThat(Arrays.stream(eigenvalues).map(e -> e * e).sum())
                .isCloseTo(squares, within(1e-10));
    }

    @Test
    void ofTheSmallestAndOfZero() {
        assertThat(SymmetricEigenvalues.ascending(new double[][] {{-5}})).containsExactly(-5);
        assertThat(SymmetricEigenvalues.ascending(new double[3][3])).containsExactly(0, 0, 0);
    }
}
