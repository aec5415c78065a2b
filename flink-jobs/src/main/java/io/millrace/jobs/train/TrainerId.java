package io.millrace.jobs.train;

/** A trainer subtask, and the attempt that it is in: a reply to an earlier attempt is not its own. */
record TrainerId(int subtask, int attempt) {}
