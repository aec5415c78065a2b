package io.millrace.model.evaluate;

import java.util.List;

/** The AUC within the examples of each user and window, what GAUC is the mean of. */
final class UserAreas {

    private final Outcomes outcomes;
    private final Windows windows;
    private final UserGroups users;
    private final SortedPredictions sorted;
    private final RankArea area = new RankArea(1);

    UserAreas(Outcomes outcomes, Windows windows) {
        this.outcomes = outcomes;
        this.windows = windows;
        users = UserGroups.of(windows, outcomes.users());
        sorted = new SortedPredictions(users.largest());
    }

    /** Adds the users of one series to the tallies of windows, of units and of slices. */
    void addTo(
            float[] predictions,
            Tallies byWindow,
            Tallies byUnit,
            List<SliceGroups> slices,
            List<Tallies> bySlice) {
        List<RankArea> sliceAreas =
                slices.stream().map(column -> new RankArea(column.count())).toList();
        for (int group = 0; group < users.count(); group++) {
            if (!sort(group, predictions)) {
                continue;
            }
            area.clear();
            sliceAreas.forEach(RankArea::clear);
            for (int rank = 0; rank < sorted.size(); rank++) {
                int row = sorted.example(rank);
                float prediction = sorted.prediction(rank);
                double positive = (double) outcomes.weights()[row] * outcomes.labels()[row];
                double negative = outcomes.weights()[row] - positive;
                area.add(0, prediction, positive, negative);
                for (int column = 0; column < slices.size(); column++) {
                    sliceAreas
                            .get(column)
                            .add(slices.get(column).of(row), prediction, positive, negative);
                }
            }
            int window = windows.of(sorted.example(0));
            add(area, 0, byWindow, window);
            add(area, 0, byUnit, windows.unit(window));
            for (int column = 0; column < slices.size(); column++) {
                for (int slice = 0; slice < slices.get(column).count(); slice++) {
                    add(sliceAreas.get(column), slice, bySlice.get(column), slice);
                }
            }
        }
    }

    /** Sorts what a series predicted of a user in a window; false where it is of one class. */
    private boolean sort(int group, float[] predictions) {
        sorted.clear();
        double positives = 0;
        double negatives = 0;
        for (int place = users.start(group); place < users.end(group); place++) {
            int row = users.example(place);
            if (!Float.isNaN(predictions[row])) {
                sorted.add(predictions[row], row);
                double positive = (double) outcomes.weights()[row] * outcomes.labels()[row];
                positives += positive;
                negatives += outcomes.weights()[row] - positive;
            }
        }
        if (positives <= 0 || negatives <= 0) {
            return false;
        }
        sorted.sort();
        return true;
    }

    private static void add(RankArea area, int from, Tallies tallies, int to) {
        double auc = area.value(from);
        if (!Double.isNaN(auc)) {
            ClickMeasures.addUser(tallies.sums(), tallies.at(to), auc, area.weight(from));
        }
    }
}
