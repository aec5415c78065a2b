package io.millrace.jobs.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.Await;
import io.millrace.jobs.TestKafka;
import io.millrace.jobs.TestPipelines;
import io.millrace.jobs.TestRatings;
import io.millrace.jobs.TestTopics;
import io.millrace.schemas.Rating;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("kafka")
@Timeout(240)
class TopicTailITCase {

    @TempDir Path directory;

    @Test
    void closeDeliversWhatCameWhileTheListenerWasBusy() throws Exception {
        try (TestKafka kafka = TestKafka.start(directory)) {
            TestTopics.create(kafka);
            AtomicInteger heard = new AtomicInteger();
            CountDownLatch busy = new CountDownLatch(1);
            TopicTail<Rating> tail =
                    new TopicTail<>(
                            TestPipelines.ratings(kafka, directory, 1, 1),
                            "ratings",
                            Rating.class,
                            rating -> {
                                heard.incrementAndGet();
                                await(busy);
                            });
            TestRatings.send(kafka, 10, 1);
            Thread closing = new Thread(tail::close);
            try {
                Await.until("the first rating", () -> heard.get() == 1);
                TestRatings.send(kafka, 20, 2);
                closing.start();
                Await.until("close to wait", () -> closing.getState() == Thread.State.WAITING);
            } finally {
                busy.countDown();
            }
            closing.join();

            assertThat(heard).hasValue(10 + 20);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
