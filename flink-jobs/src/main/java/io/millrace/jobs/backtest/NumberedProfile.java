package io.millrace.jobs.backtest;

import io.millrace.jobs.history.HistoryProfile;

/** A profile and its place in the history. */
record NumberedProfile(long place, HistoryProfile profile) implements HistoryRecord {}
