package io.millrace.jobs.backtest;

import io.millrace.jobs.history.HistoryEvent;

/**
 * An event and its place in the history.
 *
 * @param number from 0, without gaps
 */
record NumberedEvent(long number, HistoryEvent event) {}
