package io.millrace.model.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FieldDimensionsTest {

    /** Embeddings are floats. */
    private static final Offset<Double> CLOSE = within(1e-5);

    private static final double[] SPECTRUM = {9, 4, 2, 1};

    @Test
    void usageExample() {
        FieldDimensions field = new FieldDimensions(2);
        float[] slab = {1, 1, 2, 2, 3, 3.01f}; // three embeddings of dimension 2
        for (int row = 0; row < 3; row++) {
            field.add(slab, 2 * row);
        }

        assertThat(field.dimension()).isEqualTo(2);
        assertThat(field.keeping(0.95)).isEqualTo(1);
    }

    @Test
    void variancesAreTheSpectrum() {
        assertThat(of(SPECTRUM, 0).variances()).containsExactly(SPECTRUM, CLOSE);
    }

    /** Neither where the embeddings lie nor how the axes are turned is variance. */
    @Test
    void variancesOfFarAwayEmbeddingsAreTheSame() {
        assertThat(of(SPECTRUM, 5).variances()).containsExactly(SPECTRUM, CLOSE);
    }

    /** The shares kept by the first components are 9, 13, 15 and 16 sixteenths. */
    @ParameterizedTest
    @CsvSource({
        "0.01, 1", "0.56, 1", "0.57, 2", "0.81, 2", "0.82, 3", "0.93, 3", "0.94, 4", "1, 4"
    })
    void theLeastDimensionThatKeepsTheShare(double share, int dimension) {
        assertThat(of(SPECTRUM, 1).keeping(share)).isEqualTo(dimension);
    }

    @Test
    void aShareThatIsJustKeptIsKept() {
        FieldDimensions field = new FieldDimensions(4);
        addAxes(field, new double[] {1, 1, 1, 1});

        assertThat(field.keeping(0.5)).isEqualTo(2);
        assertThat(field.keeping(0.75)).isEqualTo(3);
    }

    @Test
    void allVarianceOfEmbeddingsInAPlaneIsKeptByTwo() {
        assertThat(of(new double[] {3, 1, 0, 0, 0}, 1).keeping(1)).isEqualTo(2);
    }

    @Test
    void aValueOfImportanceThreeIsThreeValues() {
        FieldDimensions weighted = new FieldDimensions(3);
        FieldDimensions repeated = new FieldDimensions(3);
        Random random = new Random(3);
        for (int value = 0; value < 20; value++) {
            float[] embedding = {random.nextFloat(), random.nextFloat(), random.nextFloat()};
            int importance = value % 4;
            weighted.add(embedding, 0, importance);
            for (int i = 0; i < importance; i++) {
                repeated.add(embedding, 0);
            }
        }

        assertThat(weighted.variances()).containsExactly(repeated.variances(), within(1e-12));
    }

    @Test
    void withoutVarianceOneDimensionIsEnough() {
        FieldDimensions field = new FieldDimensions(3);
        assertThat(field.keeping(1)).isEqualTo(1);

        field.add(new float[] {0.1f, 0.2f, 0.3f}, 0, 7);
        field.add(new float[] {0.1f, 0.2f, 0.3f}, 0, 7);
        assertThat(field.variances()).containsExactly(0, 0, 0);
        assertThat(field.keeping(1)).isEqualTo(1);
    }

    @Test
    void whatCannotBeIsRefused() {
        FieldDimensions field = new FieldDimensions(2);

        assertThatThrownBy(() -> new FieldDimensions(0)).hasMessageContaining("dimension is 0");
        assertThatThrownBy(() -> field.keeping(0)).hasMessageContaining("variance is 0.0");
        assertThatThrownBy(() -> field.keeping(1.01)).hasMessageContaining("variance is 1.01");
        assertThatThrownBy(() -> field.keeping(Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> field.add(new float[] {1, 2}, 0, -1))
                .hasMessageContaining("importance is -1.0");
        assertThatThrownBy(() -> field.add(new float[] {1, 2}, 0, Double.NaN))
                .hasMessageContaining("importance is NaN");
        assertThatThrownBy(() -> field.add(new float[] {1, Float.NaN}, 0))
                .hasMessageContaining("number 1 of an embedding is NaN");
        assertThat(field.variances()).as("nothing was added").containsExactly(0, 0);
    }

    /**
     * Embeddings whose covariance has this spectrum, reflected so that their axes are no
     * components, and moved by {@code offset} in every direction.
     */
    private static FieldDimensions of(double[] spectrum, double offset) {
        int n = spectrum.length;
        FieldDimensions field = new FieldDimensions(n);
        for (int axis = 0; axis < n; axis++) {
            double length = Math.sqrt(n * spectrum[axis]);
            for (int sign = -1; sign <= 1; sign += 2) {
                float[] embedding = new float[n];
                for (int i = 0; i < n; i++) {
                    // Householder's reflection by the vector of ones.
                    double reflected = (i == axis ? 1 : 0) - 2.0 / n;
                    embedding[i] = (float) (offset + sign * length * reflected);
                }
                field.add(embedding, 0);
            }
        }
        return field;
    }

    private static void addAxes(FieldDimensions field, double[] lengths) {
        for (int axis = 0; axis < lengths.length; axis++) {
            for (int sign = -1; sign <= 1; sign += 2) {
                float[] embedding = new float[lengths.length];
                embedding[axis] = (float) (sign * lengths[axis]);
                field.add(embedding, 0);
            }
        }
    }
}
