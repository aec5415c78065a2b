package io.millrace.jobs.backtest;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.train.StartVersion;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline that takes part.
 *
 * @param name unique in the backtest; prefix of its operators
 * @param config its {@code versions.directory} is where its last version goes
 * @param start the version whose weights it starts with; null for a cold start
 */
public record BacktestPipeline(String name, PipelineConfig config, @Nullable StartVersion start)
        implements Serializable {}
