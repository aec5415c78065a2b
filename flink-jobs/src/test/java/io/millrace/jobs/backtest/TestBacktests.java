package io.millrace.jobs.backtest;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.train.Sync;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Backtests of pipelines that are never run. */
final class TestBacktests {

    private TestBacktests() {}

    static List<BacktestPipeline> pipelines(String... names) {
        List<BacktestPipeline> pipelines = new ArrayList<>();
        for (String name : names) {
            pipelines.add(new BacktestPipeline(name, config(), null));
        }
        return pipelines;
    }

    /** Two syncs. */
    static BacktestSettings settings(Path outcomes, String... sliceFields) {
        return new BacktestSettings(
                List.of(new Sync.AtOnce(), new Sync.Once(0)),
                List.of("0", "never"),
                List.of(sliceFields),
                1,
                outcomes.toString());
    }

    private static PipelineConfig config() {
        return PipelineConfigReader.read(
                """
                model: test
                objective: {type: click}
                features:
                  user: {type: categorical, dimension: 4}
                architecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
                optimizers:
                  embedding: {type: adagrad, learning-rate: 0.1}
                  dense: {type: adagrad, learning-rate: 0.02}
                """,
                "test.yaml");
    }
}
