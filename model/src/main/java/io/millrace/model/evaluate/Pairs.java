package io.millrace.model.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Compares judged series two by two, over the examples that both predicted. */
final class Pairs {

    private final Outcomes outcomes;
    private final EvaluationSettings settings;
    private final Judge judge;
    private final List<Judged> judged;

    /**
     * @param judged as many as there are series
     */
    Pairs(Outcomes outcomes, EvaluationSettings settings, Judge judge, List<Judged> judged) {
        this.outcomes = outcomes;
        this.settings = settings;
        this.judge = judge;
        this.judged = judged;
    }

    /** Each two pipelines of the first sync. */
    List<Comparison> pipelines() {
        List<Series> series = outcomes.series();
        List<Comparison> comparisons = new ArrayList<>();
        for (int a = 0; a < series.size(); a++) {
            for (int b = a + 1; b < series.size(); b++) {
                String first = series.get(0).sync();
                if (series.get(a).sync().equals(first) && series.get(b).sync().equals(first)) {
                    comparisons.addAll(compare(a, b));
                }
            }
        }
        return comparisons;
    }

    /** For each pipeline its first sync against each other. */
    List<Comparison> syncs() {
        List<Series> series = outcomes.series();
        List<String> pipelines = series.stream().map(Series::pipeline).toList();
        List<Comparison> comparisons = new ArrayList<>();
        for (int a = 0; a < series.size(); a++) {
            if (pipelines.indexOf(pipelines.get(a)) != a) {
                continue;
            }
            for (int b = a + 1; b < series.size(); b++) {
                if (pipelines.get(a).equals(pipelines.get(b))) {
                    comparisons.addAll(compare(a, b));
                }
            }
        }
        return comparisons;
    }

    private List<Comparison> compare(int a, int b) {
        float[] first = outcomes.predictions()[a];
        float[] second = outcomes.predictions()[b];
        if (sameExamples(first, second)) {
            return compare(a, b, judged.get(a), judged.get(b), first, second);
        }
        float[] firstOfBoth = where(first, second);
        float[] secondOfBoth = where(second, first);
        return compare(
                a,
                b,
                judge.judge(firstOfBoth, false),
                judge.judge(secondOfBoth, false),
                firstOfBoth,
                secondOfBoth);
    }

    private boolean sameExamples(float[] first, float[] second) {
        for (int row = 0; row < first.length; row++) {
            if (judge.isJudged(first, row) != judge.isJudged(second, row)) {
                return false;
            }
        }
        return true;
    }

    private static float[] where(float[] predictions, float[] others) {
        float[] both = predictions.clone();
        for (int row = 0; row < both.length; row++) {
            if (Float.isNaN(others[row])) {
                both[row] = Float.NaN;
            }
        }
        return both;
    }

    private List<Comparison> compare(
            int a, int b, Judged first, Judged second, float[] ofFirst, float[] ofSecond) {
        Grid grid = Grid.of(first.quantiles(), second.quantiles());
        double[] p =
                new WindowSwaps(
                                judge.inBins(first, ofFirst, grid),
                                judge.inBins(second, ofSecond, grid),
                                judge.measures())
                        .pValues(settings.replicates(), settings.seed());
        List<Comparison> comparisons = new ArrayList<>();
        for (int metric = 0; metric < p.length; metric++) {
            double difference = first.values()[metric] - second.values()[metric];
            if (Double.isNaN(difference)) {
                continue;
            }
            Bootstrap.Interval interval =
                    Bootstrap.interval(
                            difference,
                            minus(first.replicates()[metric], second.replicates()[metric]));
            comparisons.add(
                    new Comparison(
                            outcomes.series().get(a),
                            outcomes.series().get(b),
                            judge.measures().names().get(metric),
                            difference,
                            interval == null ? null : interval.low(),
                            interval == null ? null : interval.high(),
                            Double.isNaN(p[metric]) ? null : p[metric]));
        }
        return comparisons;
    }

    private static double[] minus(double[] a, double[] b) {
        double[] differences = new double[a.length];
        Arrays.setAll(differences, i -> a[i] - b[i]);
        return differences;
    }
}
