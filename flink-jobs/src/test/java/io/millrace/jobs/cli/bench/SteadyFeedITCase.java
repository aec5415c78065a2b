package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.Await;
import io.millrace.jobs.TestKafka;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
@Timeout(60)
class SteadyFeedITCase {

    private static final Workload WORKLOAD = new Workload(2600, 1.05, false, 7);

    @TempDir Path directory;

    private final AtomicLong arrived = new AtomicLong();
    private TestKafka kafka;
    private PipelineConfig config;
    private PreparedRatings ratings;

    @BeforeEach
    void start() throws IOException {
        ratings = PreparedRatings.of(WORKLOAD, 100, EventFormat.AVRO, directory);
        kafka = TestKafka.start(directory);
        config =
                BenchPipeline.scoring(BenchModel.MLP.spec(Feed.RATINGS.objective()), 1, directory)
                        .withBootstrapServers(kafka.bootstrapServers());
        try (PipelineTopics topics = new PipelineTopics(config)) {
            topics.createAbsent();
        }
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    @Test
    void writesEventsAtItsRate() throws Exception {
        Clock clock = new Clock();
        try (SteadyFeed feed = feed(100)) {
            Await.until("events", () -> arrived.get() >= 50);

            feed.requireRunning();
            assertThat(clock.seconds()).isGreaterThan(0.48);
            Await.until("the feed to be on time", () -> isOnTime(feed));
        }
    }

    @Test
    void noticesThatNoMachineIsThatFast() throws Exception {
        try (SteadyFeed feed = feed(1e12)) {
            Clock clock = new Clock();
            Await.until("a second", () -> clock.seconds() > 1.1);

            assertThatThrownBy(feed::requireOnTime)
                    .hasMessageContaining("s later than 1,000,000,000,000 a second would be");
        }
    }

    private static boolean isOnTime(SteadyFeed feed) {
        try {
            feed.requireOnTime();
            return true;
        } catch (IllegalStateException late) {
            return false;
        }
    }

    private SteadyFeed feed(double eventsPerSecond) {
        return new SteadyFeed(ratings, config, eventsPerSecond, event -> arrived.incrementAndGet());
    }
}
