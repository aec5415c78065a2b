package io.millrace.jobs.train;

import io.millrace.model.parameter.RowCopies;
import io.millrace.model.version.PartInfo;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.apache.flink.core.fs.CloseableRegistry;
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
import org.jspecify.annotations.Nullable;

/**
 * What a shard writes for a checkpoint while it trains on: its part of the version, and the rows
 * that keyed state lacks. The checkpoint is complete only once this is written; so whoever hears of
 * its completion finds all parts of its version.
 */
final class ShardSnapshot extends AsyncSnapshotCallable<SnapshotResult<KeyedStateHandle>> {

    private final RowCopies rows;
    private final @Nullable VersionPart part;
    private final Consumer<Exception> whenPartFails;
    private final CheckpointStreamFactory streams;
    private final KeyGroupRange keyGroups;
    private final int maxParallelism;
    private final ThreadFactory threads;
    private final Runnable cleanup;
    private volatile @Nullable Future<?> task;

    /**
     * @param rows read by this snapshot alone, until {@code cleanup}
     * @param part to be written; null when there is none, or it is written already
     * @param whenPartFails told when the part could not be written, other than by cancellation
     * @param threads makes the thread that writes the part
     * @param cleanup called in any case, written or cancelled
     */
    ShardSnapshot(
            RowCopies rows,
            @Nullable VersionPart part,
            Consumer<Exception> whenPartFails,
            CheckpointStreamFactory streams,
            KeyGroupRange keyGroups,
            int maxParallelism,
            ThreadFactory threads,
            Runnable cleanup) {
        this.rows = rows;
        this.part = part;
        this.whenPartFails = whenPartFails;
        this.streams = streams;
        this.keyGroups = keyGroups;
        this.maxParallelism = maxParallelism;
        this.threads = threads;
        this.cleanup = cleanup;
    }

    /** As a future, which ends early when {@code operator} is closed. */
    RunnableFuture<SnapshotResult<KeyedStateHandle>> in(CloseableRegistry operator)
            throws IOException {
        var future = toAsyncSnapshotFutureTask(operator);
        task = future;
        return future;
    }

    @Override
    protected SnapshotResult<KeyedStateHandle> callInternal() throws IOException {
        CheckpointStateOutputStream out =
                streams.createCheckpointStateOutputStream(CheckpointedStateScope.EXCLUSIVE);
        snapshotCloseableRegistry.registerCloseable(out);
        KeyGroupRangeOffsets offsets = part == null ? saveRows(out) : saveRowsBeside(part, out);
        if (!snapshotCloseableRegistry.unregisterCloseable(out)) {
            throw new IOException("the snapshot was cancelled");
        }
        StreamStateHandle file = out.closeAndGetHandle();
        return file == null
                ? SnapshotResult.empty()
                : SnapshotResult.of(new KeyGroupsStateHandle(offsets, file));
    }

    @Override
    protected void cleanupProvidedResources() {
        cleanup.run();
    }

    private KeyGroupRangeOffsets saveRows(CheckpointStateOutputStream out) throws IOException {
        return UnwrittenRows.save(rows, out, keyGroups, maxParallelism);
    }

    /** Both at once, so that the checkpoint waits for the longer and not for their sum. */
    private KeyGroupRangeOffsets saveRowsBeside(
            VersionPart toWrite, CheckpointStateOutputStream out) throws IOException {
        FutureTask<PartInfo> version = new FutureTask<>(() -> write(toWrite));
        Thread writer = threads.newThread(version);
        writer.start();
        KeyGroupRangeOffsets offsets;
        Throwable failure;
        try {
            offsets = saveRows(out);
        } finally {
            // It reads the copies, which are another snapshot's after this.
            failure = awaitEnd(version, writer);
        }
        if (failure != null) {
            throw new IOException("the shard's part of the version was not written", failure);
        }
        return offsets;
    }

    private PartInfo write(VersionPart toWrite) throws IOException {
        try {
            return toWrite.write(rows, snapshotCloseableRegistry);
        } catch (IOException | RuntimeException e) {
            if (!isCancelled()) {
                whenPartFails.accept(e);
            }
            throw e;
        }
    }

    /**
     * Waits, and when it is interrupted lets the writer know, but waits on.
     *
     * @return why the part was not written; null if it was
     */
    private @Nullable Throwable awaitEnd(Future<?> version, Thread writer) {
        boolean interrupted = false;
        if (isCancelled()) {
            writer.interrupt();
        }
        try {
            while (true) {
                try {
                    var unused = version.get();
                    return null;
                } catch (ExecutionException e) {
                    return e.getCause();
                } catch (InterruptedException e) {
                    interrupted = true;
                    writer.interrupt();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Flink interrupts what it cancels, as it does when a checkpoint is aborted. */
    private boolean isCancelled() {
        return task != null && task.isCancelled();
    }
}
