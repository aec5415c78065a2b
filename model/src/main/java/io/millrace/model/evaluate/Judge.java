package io.millrace.model.evaluate;

import io.millrace.model.evaluate.SeriesResult.SliceResult;
import io.millrace.model.evaluate.SeriesResult.WindowResult;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges one series after the other, so that what depends on the number of examples is held once.
 *
 * <p>AUC is exact, by ranks, in what is told of windows, slices and the total; only replicates and
 * swaps count it over the fine bins of a {@link Grid}.
 */
final class Judge {

    private final Outcomes outcomes;
    private final EvaluationSettings settings;
    private final Measures measures;
    private final Windows windows;
    private final List<SliceGroups> slices;
    private final @Nullable UserAreas users;
    private final SortedPredictions sorted;

    Judge(Outcomes outcomes, EvaluationSettings settings) {
        this.outcomes = outcomes;
        this.settings = settings;
        measures = Measures.of(outcomes.objective());
        windows = Windows.of(outcomes.times(), settings);
        slices = outcomes.slices().stream().map(column -> SliceGroups.of(column, windows)).toList();
        users = measures instanceof ClickMeasures ? new UserAreas(outcomes, windows) : null;
        sorted = new SortedPredictions(outcomes.size());
    }

    Measures measures() {
        return measures;
    }

    Windows windows() {
        return windows;
    }

    /** Whether a prediction is there and counts. */
    boolean isJudged(float[] predictions, int example) {
        return windows.of(example) >= 0 && !Float.isNaN(predictions[example]);
    }

    /**
     * Judges all predictions of a series.
     *
     * @param predictions NaN where there is none; N
     * @param sliced whether slices are wanted
     */
    Judged judge(float[] predictions, boolean sliced) {
        sort(predictions);
        float[] quantiles = Grid.quantiles(sorted);
        Grid grid = Grid.of(quantiles);
        List<SliceGroups> columns = sliced ? slices : List.of();
        Tallies byWindow = new Tallies(measures, windows.count(), 0);
        Tallies byUnit = new Tallies(measures, windows.units(), grid.bins());
        List<Tallies> bySlice =
                columns.stream().map(column -> new Tallies(measures, column.count(), 0)).toList();
        Reliability reliability = new Reliability();
        double[] terms = new double[measures.terms()];
        for (int row = 0; row < predictions.length; row++) {
            if (!isJudged(predictions, row)) {
                continue;
            }
            double label = outcomes.labels()[row];
            double prediction = predictions[row];
            double weight = outcomes.weights()[row];
            int bin = grid.bin(predictions[row]);
            int coarse = grid.coarse(bin);
            int window = windows.of(row);
            measures.terms(label, prediction, weight, terms);
            byWindow.add(window, terms, label, prediction, weight, coarse, bin);
            byUnit.add(windows.unit(window), terms, label, prediction, weight, coarse, bin);
            for (int column = 0; column < columns.size(); column++) {
                int slice = columns.get(column).of(row);
                bySlice.get(column).add(slice, terms, label, prediction, weight, coarse, bin);
            }
            reliability.add(coarse, label, prediction, weight);
        }
        if (users != null) {
            users.addTo(predictions, byWindow, byUnit, columns, bySlice);
        }
        Ranks ranks = Ranks.of(sorted, outcomes, windows, columns, measures);
        Tallies total = byWindow.total();
        return new Judged(
                total.examples(0),
                ranks.total(total),
                windowResults(byWindow, ranks),
                sliceResults(columns, bySlice, ranks),
                reliability.bins(),
                byUnit,
                quantiles,
                Bootstrap.replicates(
                        byUnit.filled(), measures, settings.replicates(), settings.seed()));
    }

    private void sort(float[] predictions) {
        sorted.clear();
        for (int row = 0; row < predictions.length; row++) {
            if (isJudged(predictions, row)) {
                sorted.add(predictions[row], row);
            }
        }
        sorted.sort();
    }

    private List<WindowResult> windowResults(Tallies byWindow, Ranks ranks) {
        List<WindowResult> results = new ArrayList<>();
        for (int window = 0; window < windows.count(); window++) {
            if (byWindow.examples(window) > 0) {
                results.add(
                        new WindowResult(
                                windows.start(window),
                                windows.end(window),
                                byWindow.examples(window),
                                named(ranks.window(byWindow, window))));
            }
        }
        return results;
    }

    private List<SliceResult> sliceResults(
            List<SliceGroups> columns, List<Tallies> bySlice, Ranks ranks) {
        List<SliceResult> results = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            SliceGroups groups = columns.get(column);
            Tallies tallies = bySlice.get(column);
            for (int slice = 0; slice < groups.count(); slice++) {
                results.add(
                        new SliceResult(
                                groups.column(),
                                groups.name(slice),
                                tallies.examples(slice),
                                named(ranks.slice(column, tallies, slice))));
            }
        }
        return results;
    }

    private SortedMap<String, Double> named(double[] values) {
        SortedMap<String, Double> named = new TreeMap<>();
        for (int metric = 0; metric < values.length; metric++) {
            if (!Double.isNaN(values[metric])) {
                named.put(measures.names().get(metric), values[metric]);
            }
        }
        return named;
    }

    /** The units of a judged series that have examples, in the bins of another grid. */
    Tallies inBins(Judged judged, float[] predictions, Grid grid) {
        if (!(measures instanceof ClickMeasures)) {
            return judged.units().filled();
        }
        Tallies units = judged.units().inBins(grid.bins());
        for (int row = 0; row < predictions.length; row++) {
            if (isJudged(predictions, row)) {
                int bin = grid.bin(predictions[row]);
                measures.addToBins(
                        units.sums(),
                        units.at(windows.unit(windows.of(row))),
                        outcomes.labels()[row],
                        predictions[row],
                        outcomes.weights()[row],
                        grid.coarse(bin),
                        bin,
                        grid.bins());
            }
        }
        return units.filled();
    }
}
