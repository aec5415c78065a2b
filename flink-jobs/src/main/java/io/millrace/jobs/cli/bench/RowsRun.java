package io.millrace.jobs.cli.bench;

/**
 * What so many rows in state cost.
 *
 * @param rows in state, dense blocks not counted
 * @param checkpointMillis how long the last checkpoint took, from its trigger to its completion
 * @param changedRows rows in the last version, which are those that changed since the one before
 * @param stateOfRow bytes of all state by row, as a savepoint in Flink's canonical format holds it:
 *     each row once, or twice when its newest form is not in keyed state yet
 * @param checkpointOfRow the same of the last checkpoint, with older forms of rows that RocksDB has
 *     not merged away
 */
public record RowsRun(
        long rows,
        TrainingRate rate,
        double checkpointMillis,
        long changedRows,
        double stateOfRow,
        double checkpointOfRow) {}
