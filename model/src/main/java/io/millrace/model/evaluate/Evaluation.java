package io.millrace.model.evaluate;

import java.util.ArrayList;
import java.util.List;

/**
 * Judges recorded predictions: what each metric was in all, by window and by slice, how sure that
 * is, and whether two series differ.
 *
 * <p>A prediction that is NaN is absent. Without any judged example all series have 0 examples, no
 * metrics and no windows, nothing is compared, and the result begins and ends at {@code judgeFrom}.
 */
public final class Evaluation {

    private Evaluation() {}

    /** Judges all series; the same outcomes and settings give the same result to the bit. */
    public static EvaluationResult of(Outcomes outcomes, EvaluationSettings settings) {
        Judge judge = new Judge(outcomes, settings);
        List<Judged> judged = new ArrayList<>();
        List<SeriesResult> results = new ArrayList<>();
        for (int i = 0; i < outcomes.series().size(); i++) {
            judged.add(judge.judge(outcomes.predictions()[i], true));
            results.add(judged.get(i).result(outcomes.series().get(i), judge.measures()));
        }
        SeriesResult baseRate =
                judge.judge(BaseRate.predictions(outcomes), true)
                        .result(BaseRate.SERIES, judge.measures());
        Pairs pairs = new Pairs(outcomes, settings, judge, judged);
        return new EvaluationResult(
                judge.windows().length(),
                judge.windows().from(),
                judge.windows().to(),
                results,
                baseRate,
                pairs.pipelines(),
                pairs.syncs());
    }
}
