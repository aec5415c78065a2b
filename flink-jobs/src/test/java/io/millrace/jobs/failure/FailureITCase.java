package io.millrace.jobs.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.DeadLetter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What parts of a real cluster do to training when they die, stall, fill up or are fed rubbish:
 * broker, job manager and task managers are processes, and every scenario has a job, a model and a
 * topic of its own. Each ends with a version that has counted every rating once, or with the reason
 * why there is none.
 *
 * <p>Times are printed; a slow machine fails no scenario before two minutes. {@code
 * -Dfailure.flink=KEY=VALUE,...} adds to Flink's configuration.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FailureITCase {

    private static final Duration BROKER_PAUSE = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofSeconds(120);
    private static final int RUBBISH = 10_000;
    private static final byte[] SEEN = {};

    @TempDir private static Path directory;
    private static BrokerProcess broker;
    private static FlinkProcesses cluster;

    @BeforeAll
    static void start() throws Exception {
        broker = BrokerProcess.start(directory);
        cluster = FlinkProcesses.start(directory.resolve("flink"), flinkOptions());
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            if (cluster != null) {
                cluster.close();
            }
        } finally {
            if (broker != null) {
                broker.close();
            }
        }
    }

    @BeforeEach
    void repair() throws Exception {
        broker.ensureRunning();
        cluster.ensureTaskManagers(1);
    }

    @Test
    void theOnlyTaskManagerIsKilledAndReplaced() throws Exception {
        try (Run run = start("only-task-manager", 1)) {
            run.failureBegins();
            cluster.killTaskManager(run.job.taskManagers().first());
            cluster.startTaskManager();

            run.assertGoesOn("the only task manager killed and replaced");
        }
    }

    @Test
    void oneOfTwoTaskManagersIsKilledAndReplaced() throws Exception {
        cluster.ensureTaskManagers(2);
        try (Run run = start("one-of-two", 2)) {
            assertThat(run.job.taskManagers()).hasSize(2);

            run.failureBegins();
            cluster.killTaskManager(run.job.taskManagers().first());
            cluster.startTaskManager();

            run.assertGoesOn("one of two task managers killed and replaced");
        }
    }

    /** As when a machine is lost: nobody closes its connections. Then it is back. */
    @Test
    void theOnlyTaskManagerStallsAndIsReplaced() throws Exception {
        try (Run run = start("stalled", 1)) {
            ChildJvm stalled = cluster.taskManager(run.job.taskManagers().first());
            run.failureBegins();
            stalled.pause();
            cluster.startTaskManager();
            run.awaitNextVersion();
            stalled.resume();

            run.assertGoesOn("the only task manager stalled and replaced");
        }
    }

    @Test
    void theJobManagerIsKilledAndStartedAgain() throws Exception {
        try (Run run = start("job-manager", 1)) {
            run.failureBegins();
            cluster.killJobManager();
            cluster.startJobManager();

            run.assertGoesOn("the job manager killed and started again");
            assertThat(run.job.status()).isEqualTo("RUNNING");
        }
    }

    @Test
    void theBrokerIsKilledAndStartedAgain() throws Exception {
        try (Run run = start("broker-killed", 1)) {
            run.failureBegins();
            broker.kill();
            broker.ensureRunning();

            run.assertGoesOn("the broker killed and started again");
        }
    }

    @Test
    void theBrokerIsPaused() throws Exception {
        try (Run run = start("broker-paused", 1)) {
            broker.process().pause();
            Thread.sleep(BROKER_PAUSE.toMillis());
            run.failureBegins();
            broker.process().resume();

            run.assertGoesOn("the broker paused for %s, from its end on".formatted(BROKER_PAUSE));
        }
    }

    @Test
    void theCheckpointDirectoryIsReadOnlyForAWhile() throws Exception {
        RatingPipeline pipeline = pipeline("checkpoints-read-only", 1);
        try (TestMount mount = TestMount.at(pipeline.checkpoints(), 64);
                Run run = new Run(pipeline)) {
            mount.makeReadOnly();
            run.awaitFailedCheckpoints(3);
            run.failureBegins();
            mount.makeWritable();

            run.assertGoesOn("the checkpoint directory read-only, from its end on");
        }
    }

    @Test
    void theCheckpointDirectoryIsFullForAWhile() throws Exception {
        RatingPipeline pipeline = pipeline("checkpoints-full", 1);
        try (TestMount mount = TestMount.at(pipeline.checkpoints(), 16);
                Run run = new Run(pipeline)) {
            Path filler = mount.fill();
            run.awaitFailedCheckpoints(3);
            run.failureBegins();
            Files.delete(filler);

            run.assertGoesOn("the checkpoint directory full, from its end on");
        }
    }

    @Test
    void theVersionDirectoryIsReadOnlyForAWhile() throws Exception {
        RatingPipeline pipeline = pipeline("versions-read-only", 1);
        try (TestMount mount = TestMount.at(pipeline.versions(), 64);
                Run run = new Run(pipeline)) {
            mount.makeReadOnly();
            run.awaitFailedCheckpoints(3);
            run.failureBegins();
            mount.makeWritable();

            run.assertGoesOn("the version directory read-only, from its end on");
        }
    }

    /** With fewer attempts than by default, so that the end comes sooner. */
    @Test
    void theVersionDirectoryIsReadOnlyForGood() throws Exception {
        RatingPipeline pipeline = pipeline("versions-gone", 1);
        try (TestMount mount = TestMount.at(pipeline.versions(), 64);
                Run run =
                        new Run(
                                pipeline,
                                "-Dexecution.checkpointing.tolerable-failed-checkpoints=1",
                                "-Drestart-strategy.exponential-delay"
                                        + ".attempts-before-reset-backoff=1")) {
            run.failureBegins();
            mount.makeReadOnly();

            run.awaitEnd();
            assertThat(run.job.status()).isEqualTo("FAILED");
            assertThat(run.job.newestFailure())
                    .contains(pipeline.versions() + "/", "Read-only file system");
            pipeline.assertAnnouncementsAreTrue();
        }
    }

    @Test
    void aPartitionIsFullOfRubbish() throws Exception {
        RatingPipeline pipeline = RatingPipeline.create("poisoned", directory, broker, 1, 2);
        List<byte[]> rubbish = sendRubbish(pipeline.name());
        try (Run run = new Run(pipeline)) {
            int ratings = run.feed.stop();

            pipeline.assertAllCountedOnce(
                    cluster, Map.of(0, (long) ratings, 1, (long) RUBBISH), ratings);
            assertThat(run.job.failures()).isZero();
            List<DeadLetter> letters =
                    Records.all(broker, pipeline.config().topics().deadLetters(), DeadLetter.class);
            assertThat(letters).hasSize(RUBBISH);
            for (DeadLetter letter : letters) {
                assertThat(letter.getPartition()).isEqualTo(1);
                assertThat(letter.getPayload().array())
                        .isEqualTo(rubbish.set(Math.toIntExact(letter.getOffset()), SEEN));
            }
            seen("%,d dead letters, %,d ratings trained".formatted(letters.size(), ratings));
        }
    }

    private static List<byte[]> sendRubbish(String topic) {
        Random random = new Random(17);
        List<byte[]> rubbish = new ArrayList<>();
        for (int i = 0; i < RUBBISH; i++) {
            byte[] bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            rubbish.add(bytes);
        }
        try (KafkaProducer<byte[], byte[]> producer = RatingFeed.producer(broker)) {
            rubbish.forEach(bytes -> producer.send(new ProducerRecord<>(topic, 1, null, bytes)));
        }
        return rubbish;
    }

    private static Map<String, String> flinkOptions() {
        Map<String, String> options = new HashMap<>();
        // As in the project's image; with Flink's own 10 s a dead task manager is missed that much
        // later.
        options.put("heartbeat.interval", "2s");
        // As in the project's image too; Flink's own 50 s.
        options.put("heartbeat.timeout", "20s");
        // Flink's own minute would be a minute of waiting for the lock of the dead job manager.
        options.put("high-availability.zookeeper.client.session-timeout", "10000");
        Arrays.stream(System.getProperty("failure.flink", "").split(","))
                .filter(option -> !option.isBlank())
                .map(option -> option.split("=", 2))
                .forEach(option -> options.put(option[0], option[1]));
        return options;
    }

    private static void seen(String what) {
        System.out.println("seen: " + what);
    }

    private static Run start(String name, int parallelism) throws Exception {
        return new Run(pipeline(name, parallelism));
    }

    private static RatingPipeline pipeline(String name, int parallelism) throws Exception {
        return RatingPipeline.create(name, directory, broker, parallelism, 1);
    }

    /** A training job that is fed, from its second version on. */
    private static final class Run implements AutoCloseable {

        final RatingPipeline pipeline;
        final RatingFeed feed;
        final SubmittedJob job;
        private long begin;
        private @Nullable Duration sinceBegin;

        Run(RatingPipeline pipeline, String... flinkOptions) throws Exception {
            this.pipeline = pipeline;
            job = cluster.train(pipeline.file(), broker.bootstrapServers(), flinkOptions);
            feed = new RatingFeed(broker, pipeline.name());
            pipeline.awaitNextVersion(cluster);
            pipeline.awaitNextVersion(cluster);
        }

        /** What is waited for next is timed from here. */
        void failureBegins() {
            begin = System.nanoTime();
        }

        void awaitNextVersion() throws Exception {
            pipeline.awaitNextVersion(cluster);
            sinceBegin = Duration.ofNanos(System.nanoTime() - begin);
        }

        void awaitEnd() throws Exception {
            Wait.until(
                    "the end of the job of " + pipeline.name(),
                    LONGEST,
                    job::hasEnded,
                    cluster::evidence);
            seen("stopped after %.1f s".formatted((System.nanoTime() - begin) / 1e9));
        }

        void awaitFailedCheckpoints(int count) throws Exception {
            int before = job.failedCheckpoints();
            Wait.until(
                    count + " failed checkpoints",
                    LONGEST,
                    () -> job.failedCheckpoints() >= before + count,
                    cluster::evidence);
        }

        /** Waits for the next version, if not done yet, and for one with all that was sent. */
        void assertGoesOn(String failure) throws Exception {
            if (sinceBegin == null) {
                awaitNextVersion();
            }
            int ratings = feed.stop();
            pipeline.assertAllCountedOnce(cluster, Map.of(0, (long) ratings), ratings);
            seen(
                    "%s: %.1f s to the next version; %,d ratings, each counted once; %d restarts"
                            .formatted(
                                    failure,
                                    sinceBegin.toMillis() / 1000.0,
                                    ratings,
                                    job.failures()));
        }

        @Override
        public void close() throws Exception {
            feed.close();
            job.cancel();
        }
    }
}
