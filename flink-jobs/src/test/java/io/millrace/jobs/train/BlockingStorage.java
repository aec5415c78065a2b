package io.millrace.jobs.train;

import io.millrace.model.version.VersionStorage;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFinalizer;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.jspecify.annotations.Nullable;

/** Where each write of a file waits for what the test wants. */
record BlockingStorage(VersionStorage inner, Runnable beforeWrite) implements VersionStorage {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);
    private static volatile CountDownLatch firstWrite = new CountDownLatch(1);
    private static volatile @Nullable Exception end;

    /** The first write takes until the thread that writes is interrupted. */
    BlockingStorage(VersionStorage inner) {
        this(inner, BlockingStorage::untilInterrupted);
    }

    private static void untilInterrupted() {
        if (firstWrite.getCount() > 0) {
            firstWrite.countDown();
            long giveUp = System.nanoTime() + PATIENCE;
            while (!Thread.currentThread().isInterrupted() && System.nanoTime() < giveUp) {
                Thread.onSpinWait();
            }
        }
    }

    static void reset() {
        firstWrite = new CountDownLatch(1);
        end = null;
    }

    static void awaitWrite() throws InterruptedException {
        firstWrite.await();
    }

    /** Runs what is to be written, and keeps how it ended. */
    static void ended(OperatorSnapshotFutures snapshot) {
        try {
            var unused = OperatorSnapshotFinalizer.create(snapshot);
        } catch (Exception e) {
            end = e;
        }
    }

    static @Nullable Exception end() {
        return end;
    }

    @Override
    public OutputStream create(String path) throws IOException {
        return new FilterOutputStream(inner.create(path)) {
            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                beforeWrite.run();
                out.write(bytes, from, count);
            }
        };
    }

    @Override
    public InputStream open(String path) throws IOException {
        return inner.open(path);
    }

    @Override
    public long size(String path) throws IOException {
        return inner.size(path);
    }

    @Override
    public boolean putIfAbsent(String path, byte[] content) throws IOException {
        return inner.putIfAbsent(path, content);
    }

    @Override
    public List<String> list(String folder) throws IOException {
        return inner.list(folder);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return inner.exists(path);
    }

    @Override
    public void delete(String path) throws IOException {
        inner.delete(path);
    }
}
