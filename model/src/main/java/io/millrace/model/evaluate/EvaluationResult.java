package io.millrace.model.evaluate;

import java.util.List;

/**
 * What became of all predictions.
 *
 * @param window length of the windows, milliseconds
 * @param from of the first judged example, milliseconds since the epoch
 * @param to of the last, inclusive
 * @param series as they were given
 * @param baseRate a predictor that says the mean label of all examples before
 * @param pipelines each two pipelines of the first sync
 * @param syncs for each pipeline its first sync against each other
 */
public record EvaluationResult(
        long window,
        long from,
        long to,
        List<SeriesResult> series,
        SeriesResult baseRate,
        List<Comparison> pipelines,
        List<Comparison> syncs) {}
