package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.TestKafka;
import io.millrace.jobs.cli.stream.PipelineTopics;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.ScoreRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the loop does when nobody answers. */
@Tag("kafka")
@Timeout(60)
class OpenLoopITCase {

    private static final Workload WORKLOAD = new Workload(2600, 1.05, true, 7);

    @TempDir Path directory;

    private TestKafka kafka;
    private PipelineConfig config;
    private double restarts;

    @BeforeEach
    void start() {
        kafka = TestKafka.start(directory);
        config =
                BenchPipeline.scoring(BenchModel.MLP.spec(Feed.CLICKS.objective()), 1, directory)
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
    void countsTheRequestsWithoutAnAnswer() throws InterruptedException {
        try (OpenLoop loop = loop(1)) {
            ScoreTry made = loop.run(100, Duration.ofMillis(100), Duration.ofSeconds(1));

            assertThat(made.unanswered()).isEqualTo(10 + 100);
            assertThat(made.latency().p99()).isNaN();
            // Less by how late the last one was.
            assertThat(made.sentPerSecond()).isBetween(50.0, 100.0);
        }
    }

    @Test
    void saysWhyARequestCouldNotBeSent() {
        int tooMany = 10_000;
        try (OpenLoop loop = loop(tooMany)) {
            assertThatThrownBy(() -> loop.isAnswered(Duration.ofSeconds(20)))
                    .hasMessageContaining("a request could not be sent")
                    .hasMessageContaining("RecordTooLarge");
        }
    }

    @Test
    void noticesThatTheJobStartedAnew() {
        try (OpenLoop loop = loop(1)) {
            restarts = 1;

            assertThatThrownBy(() -> loop.run(100, Duration.ZERO, Duration.ofMillis(50)))
                    .hasMessageContaining("started anew");
        }
    }

    private OpenLoop loop(int candidates) {
        List<ScoreRequest> requests = WorkloadRequests.make(WORKLOAD, 2, candidates);
        return new OpenLoop(config, requests, new JobWatch(List.of(), () -> restarts));
    }
}
