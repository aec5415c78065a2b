package io.millrace.jobs.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.Await;
import io.millrace.jobs.source.TopicFeed;
import io.millrace.model.stream.FeatureTable;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.KeyRow;
import io.millrace.model.stream.StreamFeature;
import io.millrace.model.stream.StreamFeature.Occasion;
import io.millrace.model.stream.StreamKeys;
import io.millrace.model.stream.StreamSpec;
import io.millrace.model.stream.StreamUpdate;
import io.millrace.schemas.FeatureRow;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FeatureFollowerTest {

    private static final StreamSpec SPEC =
            new StreamSpec(
                    List.of(new StreamFeature.Count("shown", List.of("user"), Occasion.IMPRESSION)),
                    List.of());

    private final EventCodec<FeatureRow> codec = EventCodec.of(FeatureRow.class, EventFormat.AVRO);
    private final FeatureTable table = new FeatureTable();
    private final Feed feed = new Feed();

    @Test
    void whatIsThereIsKnownBeforeAnythingIsAskedAndWhatComesAfterwards() throws Exception {
        feed.add(encoded("mine", "ann", 1));
        feed.add(encoded("mine", "ann", 2));
        try (FeatureFollower follower = follow()) {
            assertThat(table.row("by:user", "ann")).isEqualTo(row(2));

            feed.add(encoded("mine", "bob", 3));

            Await.until("the row of bob", () -> table.row("by:user", "bob").length > 0);
            assertThat(table.row("by:user", "bob")).isEqualTo(row(3));
            follower.requireFollowing();
        }
        assertThat(feed.closed).isTrue();
    }

    @Test
    void rowsOfOtherModelsAreLeftOut() throws Exception {
        feed.add(encoded("other", "ann", 1));
        try (FeatureFollower follower = follow()) {
            assertThat(table.size()).isZero();
            assertThat(follower.damaged().getCount()).isZero();
        }
    }

    @Test
    void whatIsNoRowIsCountedAndTheOneBeforeStays() throws Exception {
        feed.add(encoded("mine", "ann", 1));
        feed.add(new byte[] {1, 2, 3});
        feed.add(encoded("mine", "ann", new byte[] {9, 9}));
        try (FeatureFollower follower = follow()) {
            assertThat(follower.damaged().getCount()).isEqualTo(2);
            assertThat(table.row("by:user", "ann")).isEqualTo(row(1));
        }
    }

    @Test
    void whenNoMoreIsHeardOfRowsTheNextRequestIsToldSo() throws Exception {
        try (FeatureFollower follower = follow()) {
            feed.failure = new IllegalStateException("not authorized");
            feed.add(new byte[0]);

            Await.until("the failure", () -> failed(follower));
            assertThatThrownBy(follower::requireFollowing)
                    .hasMessageContaining("mine")
                    .hasRootCauseMessage("not authorized");
        }
        assertThat(feed.closed).isTrue();
    }

    @Test
    void anErrorIsToldOfToo() throws Exception {
        try (FeatureFollower follower = follow()) {
            feed.error = new OutOfMemoryError("Java heap space");
            feed.add(new byte[0]);

            Await.until("the failure", () -> failed(follower));
            assertThatThrownBy(follower::requireFollowing)
                    .hasMessageContaining("mine")
                    .hasRootCauseMessage("Java heap space");
        }
        assertThat(feed.closed).isTrue();
    }

    private static boolean failed(FeatureFollower follower) {
        try {
            follower.requireFollowing();
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private FeatureFollower follow() {
        return new FeatureFollower(() -> feed, "mine", codec, table);
    }

    private byte[] encoded(String model, String key, int impressions) {
        return encoded(model, key, row(impressions));
    }

    private byte[] encoded(String model, String key, byte[] row) {
        return codec.encode(new FeatureRow(model, "by:user", key, 1L, ByteBuffer.wrap(row)));
    }

    private static byte[] row(int impressions) {
        KeyRow row = KeyRow.empty(KeyGroups.of(SPEC).all().get(0));
        for (int i = 0; i < impressions; i++) {
            row = row.after(StreamUpdate.shown(i, StreamKeys.NONE));
        }
        return row.encode();
    }

    /** A feed in memory. */
    private static final class Feed implements TopicFeed.Opened {

        private static final byte[] WAKE_UP = {};

        private final BlockingQueue<byte[]> payloads = new LinkedBlockingQueue<>();
        private volatile RuntimeException failure;
        private volatile Error error;
        private volatile boolean closed;

        void add(byte[] payload) {
            payloads.add(payload);
        }

        @Override
        public List<byte[]> next(Duration patience) {
            try {
                byte[] payload = payloads.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
                if (failure != null) {
                    throw failure;
                }
                if (error != null) {
                    throw error;
                }
                return payload == null || payload == WAKE_UP ? List.of() : List.of(payload);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public boolean isRead() {
            return payloads.isEmpty();
        }

        @Override
        public void wakeUp() {
            payloads.add(WAKE_UP);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
