package io.millrace.model.evaluate;

import java.util.Arrays;

/**
 * Bins of about equal numbers of predictions, equal predictions in one: {@value #COARSE} coarse
 * ones for calibration, each cut into fine ones for ranks.
 */
final class Grid {

    /** Coarse bins, fewer where predictions are equal. */
    static final int COARSE = 20;

    /** Fine bins of one series; a multiple of {@link #COARSE}. */
    private static final int FINE = 500;

    private final float[] edges;
    private final int[] coarse;

    private Grid(float[] edges, int[] coarse) {
        this.edges = edges;
        this.coarse = coarse;
    }

    /** The predictions at which the fine bins of a series begin, some perhaps more than once. */
    static float[] quantiles(SortedPredictions sorted) {
        if (sorted.size() == 0) {
            return new float[0];
        }
        float[] quantiles = new float[FINE - 1];
        for (int i = 1; i < FINE; i++) {
            quantiles[i - 1] = sorted.prediction((int) ((long) i * sorted.size() / FINE));
        }
        return quantiles;
    }

    /** The bins of one series. */
    static Grid of(float[] quantiles) {
        float[] edges = new float[quantiles.length];
        int[] coarse = new int[quantiles.length + 1];
        int edge = 0;
        int coarseBins = 0;
        int part = 1;
        for (float quantile : quantiles) {
            if (edge > 0 && quantile == edges[edge - 1]) {
                continue;
            }
            int parts = part;
            while (part < COARSE && coarseEdge(quantiles, part) == quantile) {
                part++;
            }
            coarseBins += part > parts ? 1 : 0;
            edges[edge++] = quantile;
            coarse[edge] = coarseBins;
        }
        return new Grid(Arrays.copyOf(edges, edge), Arrays.copyOf(coarse, edge + 1));
    }

    private static float coarseEdge(float[] quantiles, int part) {
        return quantiles[(int) ((long) part * (quantiles.length + 1) / COARSE) - 1];
    }

    /** The bins of two series together: the same whichever comes first. */
    static Grid of(float[] quantiles, float[] others) {
        float[] all = Arrays.copyOf(quantiles, quantiles.length + others.length);
        System.arraycopy(others, 0, all, quantiles.length, others.length);
        Arrays.sort(all);
        return of(all);
    }

    /** Number of fine bins. */
    int bins() {
        return edges.length + 1;
    }

    /** The fine bin of a prediction: how many edges are at or below it. */
    int bin(float prediction) {
        int low = 0;
        int high = edges.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (edges[middle] <= prediction) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The coarse bin of a fine one, below {@link #COARSE}. */
    int coarse(int bin) {
        return coarse[bin];
    }
}
