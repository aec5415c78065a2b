package io.millrace.jobs.backtest;

import io.millrace.jobs.history.HistoryEvent;

/**
 * An event and its place in the history.
 *
 * @param number among the events, from 0, without gaps
 */
record NumberedEvent(long place, long number, HistoryEvent event) implements HistoryRecord {}
