package io.millrace.jobs.train;

/**
 * A trainer subtask in one of its lives; a reply to an earlier life is not its own.
 *
 * @param life drawn at random when the trainer opens, since attempts are counted from 0 again after
 *     the job manager was replaced
 */
record TrainerId(int subtask, long life) {}
