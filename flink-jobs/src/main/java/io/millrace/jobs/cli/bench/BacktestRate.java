package io.millrace.jobs.cli.bench;

/**
 * How fast a backtest was.
 *
 * @param pipelines how many learned at once
 * @param examplesPerSecond each of which all pipelines learned from
 * @param cpuSecondsPerMillion processor time of the process for a million of them
 */
public record BacktestRate(int pipelines, double examplesPerSecond, double cpuSecondsPerMillion) {}
