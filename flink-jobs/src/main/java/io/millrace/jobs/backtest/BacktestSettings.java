package io.millrace.jobs.backtest;

import io.millrace.jobs.train.Sync;
import java.io.Serializable;
import java.util.List;

/**
 * How a backtest runs.
 *
 * @param syncs at least one; a prediction is made for each, by one training
 * @param syncNames as they were asked for
 * @param sliceFields event fields whose values are recorded with each example: {@code user}, {@code
 *     item} or a key of its features
 * @param readers parallelism of decoding; of no effect on any result
 * @param outcomes the file that outcomes are recorded in; it does not exist yet
 */
public record BacktestSettings(
        List<Sync> syncs,
        List<String> syncNames,
        List<String> sliceFields,
        int readers,
        String outcomes)
        implements Serializable {

    public BacktestSettings {
        syncs = List.copyOf(syncs);
        syncNames = List.copyOf(syncNames);
        sliceFields = List.copyOf(sliceFields);
    }
}
