package io.millrace.jobs.score;

import io.millrace.jobs.source.TopicFeed;
import io.millrace.jobs.telemetry.LogContext;
import io.millrace.model.stream.DamagedRowException;
import io.millrace.model.stream.FeatureTable;
import io.millrace.schemas.FeatureRow;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.UndecodableException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a table of the newest rows of stream features and profiles, as the training job tells of
 * them. It reads all there is before it is made, and what comes after that on a thread of its own.
 */
final class FeatureFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FeatureFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final String model;
    private final FeatureTable table;
    private final EventCodec<FeatureRow> codec;
    private final TopicFeed.Opened feed;
    private final ExecutorService thread;
    private final Counter damaged = new ThreadSafeSimpleCounter();
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    /**
     * Returns when all that the feed held has been read.
     *
     * @param model whose rows are taken
     */
    FeatureFollower(
            TopicFeed source, String model, EventCodec<FeatureRow> codec, FeatureTable table) {
        this.model = model;
        this.table = table;
        this.codec = codec;
        feed = source.open();
        try {
            while (!feed.isRead()) {
                feed.next(POLL).forEach(this::take);
            }
        } catch (RuntimeException e) {
            feed.close();
            throw e;
        }
        LOG.info("{} feature rows of model {} were read", table.size(), model);
        thread = Executors.newSingleThreadExecutor(LogContext.threads("feature-rows-" + model));
        thread.execute(this::follow);
    }

    /**
     * Does nothing as long as rows are heard of.
     *
     * @throws IllegalStateException when they are no longer
     */
    void requireFollowing() {
        Throwable failed = failure;
        if (failed != null) {
            throw new IllegalStateException(
                    "the feature rows of model " + model + " are no longer heard of", failed);
        }
    }

    /** Records that are no rows. */
    Counter damaged() {
        return damaged;
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        feed.wakeUp();
        thread.shutdown();
        thread.awaitTermination(30, TimeUnit.SECONDS);
    }

    private void follow() {
        try (feed) {
            while (!closed) {
                feed.next(POLL).forEach(this::take);
            }
        } catch (Throwable e) {
            // An error such as lack of memory too: else values would stand still unnoticed.
            failure = e;
            LOG.error("the feature rows of model {} are no longer heard of", model, e);
        }
    }

    private void take(byte[] payload) {
        try {
            FeatureRow row = codec.decode(payload);
            if (row.getModel().equals(model)) {
                table.put(row.getGroup(), row.getKey(), bytes(row.getRow()));
            }
        } catch (UndecodableException | DamagedRowException e) {
            damaged.inc();
            LOG.warn("a feature row is skipped, the one before it stays: {}", e.getMessage());
        }
    }

    private static byte[] bytes(ByteBuffer row) {
        byte[] bytes = new byte[row.remaining()];
        row.duplicate().get(bytes);
        return bytes;
    }
}
