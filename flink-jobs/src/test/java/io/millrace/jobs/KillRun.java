package io.millrace.jobs;

import static java.util.stream.Collectors.toList;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.kill.KillPlace;
import io.millrace.jobs.kill.KillingModel;
import io.millrace.jobs.kill.KillingStorage;
import io.millrace.jobs.kill.Kills;
import io.millrace.jobs.kill.PacedPolls;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.model.version.Manifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.IOUtils;

/** Runs of one training job over the same events, killed as planned or left alone. */
final class KillRun implements AutoCloseable {

    private static final int SLOTS = 4;
    private static final Duration EVERY = Duration.ofMillis(25);

    private final KillFeed feed;
    private final Path directory;
    private final TestKafka kafka;
    private final Cluster together;
    private final Cluster apart;

    KillRun(KillFeed feed, Path directory) {
        this.feed = feed;
        this.directory = directory;
        kafka = TestKafka.start(directory);
        TestTopics.create(kafka);
        feed.send(kafka);
        together = new Cluster(directory, 1);
        apart = new Cluster(directory, SLOTS);
    }

    /**
     * Trains over all events. With one trainer, micro-batches are reproducible. With an odd seed
     * each trainer and shard has a task manager of its own, else all are in one.
     */
    Outcome run(String name, int trainers, int shards, List<KillPlace> kills, long seed)
            throws Exception {
        PipelineConfig config = config(name, trainers, shards);
        Kills.plan(kills, seed);
        KillingStorage.forgetAnnounced();
        Cluster cluster = seed % 2 == 0 ? together : apart;
        StreamExecutionEnvironment env = cluster.flink.environment(quickRestarts());
        new TrainingJob(
                        config.withModel(KillingModel.of(config.model())),
                        0,
                        feed.ends(),
                        KillingStorage.in(VersionDirectory.of(config.versions().directory())),
                        KillingStorage.announcer())
                .build(env);
        JobClient job = env.executeAsync(name);
        while (Await.until(
                () -> Kills.take(KillPlace.TASK_MANAGER),
                () -> job.getJobExecutionResult().isDone())) {
            cluster.replaceTaskManagers();
        }
        job.getJobExecutionResult().get();
        return outcome(config);
    }

    SortedMap<Long, Long> expectedCounts() throws Exception {
        return feed.exampleCounts(config("expected", 1, 1).model());
    }

    @Override
    public void close() throws Exception {
        IOUtils.closeAll(together.flink, apart.flink, kafka);
    }

    private PipelineConfig config(String name, int trainers, int shards) {
        Path folder = directory.resolve(name);
        PipelineConfig config =
                TestPipelines.every(feed.pipeline(kafka, folder, trainers, shards), EVERY)
                        .withCheckpointsDirectory("kill://" + folder.resolve("checkpoints"));
        config = TestPipelines.kafka(config, PacedPolls.properties());
        return trainers == 1 ? TestPipelines.reproducible(config) : config;
    }

    private static Outcome outcome(PipelineConfig config) throws Exception {
        Manifest last = VersionRows.newest(config);
        return new Outcome(
                last.examples(),
                last.offsets(),
                VersionRows.exampleCounts(config, last.version()),
                VersionRows.fingerprint(config, last.version()),
                Set.copyOf(VersionRows.catalog(config).versions()),
                KillingStorage.announced(),
                Kills.examplesTrained(),
                Kills.hit());
    }

    private static Configuration quickRestarts() {
        Configuration job = new Configuration();
        job.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        job.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        job.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1000);
        return job;
    }

    /** As many slots on so many task managers, which die together. */
    private static final class Cluster {

        final EmbeddedFlink flink;
        final List<Integer> taskManagers;

        Cluster(Path directory, int taskManagers) {
            flink = EmbeddedFlink.start(directory, taskManagers, SLOTS / taskManagers);
            this.taskManagers = IntStream.range(0, taskManagers).boxed().collect(toList());
        }

        void replaceTaskManagers() {
            taskManagers.forEach(flink::terminateTaskManager);
            taskManagers.replaceAll(dead -> flink.startTaskManager());
        }
    }

    /**
     * What a run ended with.
     *
     * @param examples that its last version counts
     * @param offsets of its last version
     * @param counts examples by row key
     * @param fingerprint of all rows
     * @param published versions with a manifest
     * @param announced versions
     * @param trained examples that went through a forward pass, replays included
     * @param kills by place
     */
    record Outcome(
            long examples,
            Map<String, Map<Integer, Long>> offsets,
            SortedMap<Long, Long> counts,
            String fingerprint,
            Set<Long> published,
            Set<Long> announced,
            long trained,
            Map<KillPlace, Integer> kills) {}
}
