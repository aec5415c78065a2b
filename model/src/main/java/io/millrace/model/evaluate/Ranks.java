package io.millrace.model.evaluate;

import java.util.List;

/** Exact AUCs of the total, of windows and of slices, from one walk in the order of predictions. */
final class Ranks {

    private final Measures measures;
    private final RankArea total = new RankArea(1);
    private final RankArea byWindow;
    private final List<RankArea> bySlice;

    private Ranks(Measures measures, int windows, List<SliceGroups> columns) {
        this.measures = measures;
        byWindow = new RankArea(windows);
        bySlice = columns.stream().map(column -> new RankArea(column.count())).toList();
    }

    static Ranks of(
            SortedPredictions sorted,
            Outcomes outcomes,
            Windows windows,
            List<SliceGroups> columns,
            Measures measures) {
        Ranks ranks = new Ranks(measures, windows.count(), columns);
        if (!(measures instanceof ClickMeasures)) {
            return ranks;
        }
        for (int rank = 0; rank < sorted.size(); rank++) {
            int row = sorted.example(rank);
            float prediction = sorted.prediction(rank);
            double positive = (double) outcomes.weights()[row] * outcomes.labels()[row];
            double negative = outcomes.weights()[row] - positive;
            ranks.total.add(0, prediction, positive, negative);
            ranks.byWindow.add(windows.of(row), prediction, positive, negative);
            for (int column = 0; column < columns.size(); column++) {
                int slice = columns.get(column).of(row);
                ranks.bySlice.get(column).add(slice, prediction, positive, negative);
            }
        }
        return ranks;
    }

    /** All metrics of the total, of which there is one group. */
    double[] total(Tallies tallies) {
        return values(tallies, 0, total);
    }

    double[] window(Tallies tallies, int window) {
        return values(tallies, window, byWindow);
    }

    double[] slice(int column, Tallies tallies, int slice) {
        return values(tallies, slice, bySlice.get(column));
    }

    private double[] values(Tallies tallies, int group, RankArea area) {
        double[] values = tallies.values(group);
        if (measures instanceof ClickMeasures) {
            values[ClickMeasures.AUC_AT] = area.value(group);
        }
        return values;
    }
}
