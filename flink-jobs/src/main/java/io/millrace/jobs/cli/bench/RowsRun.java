package io.millrace.jobs.cli.bench;

/**
 * What so many rows in state cost.
 *
 * @param rows in state, dense blocks not counted
 * @param checkpointMillis how long the last checkpoint took, from its trigger to its completion
 * @param changedRows rows in the last version, which are those that changed since the one before
 * @param bytesOfRow size of all state by row, as the last checkpoint holds it
 */
public record RowsRun(
        long rows,
        TrainingRate rate,
        double checkpointMillis,
        double changedRows,
        double bytesOfRow) {}
