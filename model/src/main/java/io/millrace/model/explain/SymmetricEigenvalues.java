package io.millrace.model.explain;

import java.util.Arrays;

/**
 * The eigenvalues of a symmetric matrix by Jacobi's method: rotations set one pair of off-diagonal
 * elements to 0 each, sweep after sweep, until only the diagonal is left (Golub and Van Loan,
 * "Matrix Computations", 4th edition, section 8.5). It is exact to rounding for the small and the
 * large eigenvalues; a sweep costs O(n^3), of which about ten are needed.
 */
final class SymmetricEigenvalues {

    private static final int MOST_SWEEPS = 100;

    private SymmetricEigenvalues() {}

    /** The eigenvalues, the smallest first. The matrix is overwritten. */
    static double[] ascending(double[][] matrix) {
        int n = matrix.length;
        for (int sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(matrix); sweep++) {
            for (int p = 0; p < n - 1; p++) {
                for (int q = p + 1; q < n; q++) {
                    if (matrix[p][q] != 0) {
                        rotate(matrix, p, q);
                    }
                }
            }
        }
        double[] eigenvalues = new double[n];
        Arrays.setAll(eigenvalues, i -> matrix[i][i]);
        Arrays.sort(eigenvalues);
        return eigenvalues;
    }

    /** Whether what lies off the diagonal is lost in the rounding of what lies on it. */
    private static boolean isDiagonal(double[][] matrix) {
        double on = 0;
        double off = 0;
        for (int i = 0; i < matrix.length; i++) {
            on = Math.max(on, Math.abs(matrix[i][i]));
            for (int j = 0; j < i; j++) {
                off = Math.max(off, Math.abs(matrix[i][j]));
            }
        }
        return off <= on * Math.ulp(1.0) / matrix.length;
    }

    /** Turns the plane of axes p and q by the angle that makes their element 0. */
    private static void rotate(double[][] matrix, int p, int q) {
        double theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
        double tangent = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
        double cosine = 1 / Math.hypot(tangent, 1);
        double sine = tangent * cosine;

        double change = tangent * matrix[p][q];
        matrix[p][p] -= change;
        matrix[q][q] += change;
        matrix[p][q] = 0;
        matrix[q][p] = 0;
        for (int k = 0; k < matrix.length; k++) {
            if (k != p && k != q) {
                double kp = matrix[k][p];
                double kq = matrix[k][q];
                matrix[k][p] = cosine * kp - sine * kq;
                matrix[p][k] = matrix[k][p];
                matrix[k][q] = sine * kp + cosine * kq;
                matrix[q][k] = matrix[k][q];
            }
        }
    }
}
