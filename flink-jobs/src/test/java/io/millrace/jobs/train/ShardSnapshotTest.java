package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architectures;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.model.parameter.RowCopies;
import io.millrace.model.parameter.Sgd;
import io.millrace.model.version.LocalVersionStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.CheckpointStateOutputStream;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.CheckpointedStateScope;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory.MemoryCheckpointOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is written for a checkpoint, on whose threads. */
@Timeout(60)
class ShardSnapshotTest {

    private static final int GROUPS = 16;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);
    private static final long KEY = ParameterKey.ofValue(1, 100);

    @TempDir private Path directory;
    private final AtomicBoolean cleanedUp = new AtomicBoolean();
    private final AtomicReference<Exception> partFailure = new AtomicReference<>();

    /** Each waits for the other, which one after the other they would do for ever. */
    @Test
    void writesThePartAndTheUnwrittenRowsAtOnce() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        ShardSnapshot snapshot = snapshot(() -> meet(both), () -> meet(both));

        var future = snapshot.in(new CloseableRegistry());
        future.run();

        assertThat(future.get().getJobManagerOwnedSnapshot()).isNotNull();
        assertThat(cleanedUp).isTrue();
        assertThat(directory).isDirectoryRecursivelyContaining("glob:**part");
    }

    /** Or the next snapshot would fill what the part is still read from. */
    @Test
    void keepsTheCopiesUntilThePartIsWrittenTooWhenTheRowsCannotBe() throws Exception {
        Thread checkpoint = Thread.currentThread();
        CompletableFuture<Boolean> tooEarly = new CompletableFuture<>();
        ShardSnapshot snapshot =
                snapshot(
                        () -> tooEarly.complete(isCleanedUpRatherThanAwaited(checkpoint)),
                        () -> {
                            throw new IllegalStateException("no room for rows");
                        });

        var future = snapshot.in(new CloseableRegistry());
        future.run();

        assertThatThrownBy(future::get)
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("no room for rows");
        assertThat(tooEarly.get()).isFalse();
        assertThat(cleanedUp).isTrue();
        assertThat(partFailure).hasNullValue();
    }

    @Test
    void keepsTheCopiesUntilThePartHasEndedWhenItIsCancelled() throws Exception {
        AtomicReference<Thread> checkpoint = new AtomicReference<>();
        CountDownLatch writing = new CountDownLatch(1);
        CompletableFuture<Boolean> tooEarly = new CompletableFuture<>();
        ShardSnapshot snapshot =
                snapshot(
                        () -> {
                            if (writing.getCount() > 0) {
                                writing.countDown();
                                awaitInterrupt();
                                tooEarly.complete(isCleanedUpRatherThanAwaited(checkpoint.get()));
                            }
                        },
                        () -> {});

        var future = snapshot.in(new CloseableRegistry());
        checkpoint.set(new Thread(future, "checkpoint"));
        checkpoint.get().start();
        writing.await();
        future.cancel(true);

        assertThat(tooEarly.get()).isFalse();
        checkpoint.get().join();
        assertThat(cleanedUp).isTrue();
        assertThat(partFailure).as("told to nobody").hasNullValue();
    }

    private static void awaitInterrupt() {
        long giveUp = System.nanoTime() + PATIENCE;
        while (!Thread.interrupted()) {
            requireTime(giveUp);
        }
    }

    /** Looks until the thread waits, or the copies are given up. */
    private boolean isCleanedUpRatherThanAwaited(Thread checkpoint) {
        long giveUp = System.nanoTime() + PATIENCE;
        while (checkpoint.getState() != Thread.State.WAITING && !cleanedUp.get()) {
            requireTime(giveUp);
        }
        return cleanedUp.get();
    }

    private static void requireTime(long giveUp) {
        if (System.nanoTime() > giveUp) {
            throw new IllegalStateException("what is waited for does not happen");
        }
        Thread.onSpinWait();
    }

    private ShardSnapshot snapshot(Runnable beforePart, Runnable beforeRows) throws IOException {
        ParameterLayout layout = new ParameterLayout(spec());
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), 1 << 20);
        table.push(new long[] {KEY}, 0, 1, new int[] {1}, new float[] {1, 2}, 0, 0, null);
        RowCopies rows = new RowCopies();
        assertThat(table.cut(1, rows)).isEmpty();
        return new ShardSnapshot(
                rows,
                new VersionPart(
                        new BlockingStorage(new LocalVersionStorage(directory), beforePart),
                        layout,
                        "model/part",
                        0),
                partFailure::set,
                new Streams(beforeRows),
                new KeyGroupRange(0, GROUPS - 1),
                GROUPS,
                Thread::new,
                () -> cleanedUp.set(true));
    }

    private static void meet(CountDownLatch both) {
        both.countDown();
        try {
            if (!both.await(PATIENCE, TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("the other is not being written");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ModelSpec spec() {
        return new ModelSpec(
                "model",
                new Objective.Click(),
                List.of(new FeatureSpec.Categorical("user", "user", 2)),
                Architectures.read(
                        ConfigNode.parse("{type: dcn-v2, cross-layers: 0, hidden: [2]}", "test")),
                new Sgd(0.1),
                new Sgd(0.1),
                1);
    }

    /** Whose streams wait for something before each write. */
    private record Streams(Runnable beforeWrite) implements CheckpointStreamFactory {

        @Override
        public CheckpointStateOutputStream createCheckpointStateOutputStream(
                CheckpointedStateScope scope) {
            return new MemoryCheckpointOutputStream(1 << 20) {
                @Override
                public void write(byte[] bytes, int from, int count) throws IOException {
                    beforeWrite.run();
                    super.write(bytes, from, count);
                }
            };
        }

        @Override
        public boolean canFastDuplicate(StreamStateHandle state, CheckpointedStateScope scope) {
            return false;
        }

        @Override
        public List<StreamStateHandle> duplicate(
                List<StreamStateHandle> states, CheckpointedStateScope scope) {
            throw new UnsupportedOperationException();
        }
    }
}
