package io.millrace.jobs.train;

import io.millrace.model.parameter.RowCopies;
import java.io.IOException;
import org.apache.flink.runtime.state.AsyncSnapshotCallable;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeOffsets;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StreamStateHandle;

/**
 * What a shard writes for a checkpoint while it trains on: its part of the version, and the rows
 * that keyed state lacks. The checkpoint is complete only once this is written; so whoever hears of
 * its completion finds all parts of its version.
 */
final class ShardSnapshot extends AsyncSnapshotCallable<SnapshotResult<KeyedStateHandle>> {

    private final RowCopies rows;
    private final Part part;
    private final CheckpointStreamFactory streams;
    private final KeyGroupRange keyGroups;
    private final int maxParallelism;
    private final Runnable cleanup;

    /**
     * @param rows read by this snapshot alone, until {@code cleanup}
     * @param part writes the changed ones among them
     * @param cleanup called in any case, written or cancelled
     */
    ShardSnapshot(
            RowCopies rows,
            Part part,
            CheckpointStreamFactory streams,
            KeyGroupRange keyGroups,
            int maxParallelism,
            Runnable cleanup) {
        this.rows = rows;
        this.part = part;
        this.streams = streams;
        this.keyGroups = keyGroups;
        this.maxParallelism = maxParallelism;
        this.cleanup = cleanup;
    }

    @Override
    protected SnapshotResult<KeyedStateHandle> callInternal() throws IOException {
        part.write(rows);
        CheckpointStateOutputStream out =
                streams.createCheckpointStateOutputStream(CheckpointedStateScope.EXCLUSIVE);
        snapshotCloseableRegistry.registerCloseable(out);
        KeyGroupRangeOffsets offsets = UnwrittenRows.save(rows, out, keyGroups, maxParallelism);
        snapshotCloseableRegistry.unregisterCloseable(out);
        StreamStateHandle file = out.closeAndGetHandle();
        return file == null
                ? SnapshotResult.empty()
                : SnapshotResult.of(new KeyGroupsStateHandle(offsets, file));
    }

    @Override
    protected void cleanupProvidedResources() {
        cleanup.run();
    }

    /** Writes the changed rows of a version. */
    interface Part {
        void write(RowCopies rows) throws IOException;
    }
}
