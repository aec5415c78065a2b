package io.millrace.jobs.cli.explain;

import io.millrace.model.explain.Explanation;
import io.millrace.model.explain.PairStrengths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A matrix to draw.
 *
 * @param title of the picture
 * @param rows names from top to bottom
 * @param columns names from left to right
 * @param values [rows, columns]; NaN for cells that stay empty
 * @param min the value at the lower end of the colour scale
 * @param max the value at its upper end
 */
@SuppressWarnings("ArrayRecordComponent") // A matrix; read it only.
record HeatMap(
        String title,
        List<String> rows,
        List<String> columns,
        double[][] values,
        double min,
        double max) {

    HeatMap {
        rows = List.copyOf(rows);
        columns = List.copyOf(columns);
    }

    /** The mean of all layers, and where there are several, each of them; on one scale. */
    static List<HeatMap> of(PairStrengths pairs) {
        double min = Arrays.stream(pairs.values()).min().orElse(0);
        double max = Arrays.stream(pairs.values()).max().orElse(1);
        List<String> names = pairs.names();
        List<PairStrengths.Layer> layers = pairs.layers();
        if (layers.size() == 1) {
            PairStrengths.Layer only = layers.get(0);
            return List.of(new HeatMap(only.name(), names, names, only.strengths(), min, max));
        }
        List<HeatMap> maps = new ArrayList<>();
        String title = String.format(Locale.ROOT, "mean of %d layers", layers.size());
        maps.add(new HeatMap(title, names, names, pairs.mean(), min, max));
        for (PairStrengths.Layer layer : layers) {
            maps.add(new HeatMap(layer.name(), names, names, layer.strengths(), min, max));
        }
        return maps;
    }

    /** Features from top to bottom, layers from left to right, from 0 to 1. */
    static HeatMap of(Explanation.Gates gates) {
        double[][] byFeature =
                IntStream.range(0, gates.features().size())
                        .mapToObj(
                                f -> Arrays.stream(gates.means()).mapToDouble(m -> m[f]).toArray())
                        .toArray(double[][]::new);
        return new HeatMap("gates", gates.features(), gates.layers(), byFeature, 0, 1);
    }

    int step(int row, int column) {
        return ColorScale.step(values[row][column], min, max);
    }

    boolean isEmpty(int row, int column) {
        return Double.isNaN(values[row][column]);
    }

    /** The value at a share of the scale. */
    double at(double share) {
        return min + share * (max - min);
    }

    /** Digits with which the values differ. */
    int digits() {
        return Digits.telling(min, max);
    }

    int longestName() {
        return IntStream.concat(
                        rows.stream().mapToInt(String::length),
                        columns.stream().mapToInt(String::length))
                .max()
                .orElse(0);
    }
}
