package io.millrace.jobs.train;

import static io.millrace.model.parameter.FrozenWeights.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.millrace.jobs.TestModels;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.parameter.ParameterLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a trainer does when its watermark passes a sync. */
class TrainerSyncTest {

    private static final int BATCH = 2;
    private static final Sync EVERY_TEN = new Sync.Every(Duration.ofMillis(10));
    private static final Duration WAIT = Duration.ofMillis(15);

    private final ModelSpec spec = TestModels.ratings();
    private final ParameterLayout layout = new ParameterLayout(spec);
    private final List<Object> sent = new ArrayList<>();
    private int logged;

    @Test
    void aSyncComesAfterWhatWasSentBeforeItAndCutsNoBatch() throws Exception {
        try (TestTrainer trainer = open(3, 1, EVERY_TEN)) {
            trainer.watermark(10);
            for (long time = 11; time <= 15; time++) {
                trainer.example(example(time));
            }
            assertThat(log(trainer)).containsExactly("mark 10", "pull 0", "pull 1");
            answer(trainer, 1);
            answer(trainer, 0);

            trainer.watermark(19);
            assertThat(log(trainer)).containsExactly("push 0", "push 1", "freeze 2", "mark 19");
            trainer.example(example(16));
            assertThat(log(trainer)).containsExactly("pull 2");
        }
    }

    /** It says that all up to and with its own time has come. */
    @Test
    void aSyncIsPassedByTheWatermarkJustBeforeIt() throws Exception {
        try (TestTrainer trainer = open(1, 1, EVERY_TEN)) {
            trainer.watermark(10);
            trainer.watermark(18);
            assertThat(log(trainer)).containsExactly("mark 10", "mark 18");
            trainer.watermark(19);
            trainer.watermark(28);
            assertThat(log(trainer)).containsExactly("freeze 0", "mark 19", "mark 28");
        }
    }

    @Test
    void theEndOfInputIsNoSync() throws Exception {
        try (TestTrainer trainer = open(1, 1, EVERY_TEN, new Sync.Once(1000))) {
            trainer.watermark(10);
            trainer.watermark(24);
            trainer.watermark(Long.MAX_VALUE);
            assertThat(log(trainer))
                    .containsExactly("mark 10", "freeze 0", "mark 24", "mark " + Long.MAX_VALUE);
        }
    }

    @Test
    void everyShardIsToldOfEachSyncThatIsPassed() throws Exception {
        ShardAssignment assignment = new ShardAssignment(128, 3);
        try (TestTrainer trainer =
                open(1, 3, EVERY_TEN, new Sync.AtOnce(), new Sync.Once(19), new Sync.Once(99))) {
            trainer.watermark(10);
            trainer.watermark(22);
            List<ShardRequest.Freeze> freezes = requests(trainer, ShardRequest.Freeze.class);
            assertThat(freezes)
                    .extracting(ShardRequest.Freeze::newest)
                    .containsExactly(
                            new FrozenId(0, 2),
                            new FrozenId(0, 2),
                            new FrozenId(0, 2),
                            new FrozenId(1, 1),
                            new FrozenId(1, 1),
                            new FrozenId(1, 1));
            assertThat(freezes)
                    .extracting(freeze -> assignment.shardOf(freeze.keys()[0]))
                    .containsExactly(0, 1, 2, 0, 1, 2);
        }
    }

    @Test
    void examplesAreServedAtTheirOwnTime() throws Exception {
        try (TestTrainer trainer = open(1, 1, EVERY_TEN, new Sync.Once(30))) {
            trainer.watermark(10);
            trainer.watermark(24);
            trainer.watermark(34);
            trainer.example(example(25));
            trainer.example(example(33));
            assertThat(requests(trainer, ShardRequest.Pull.class).get(0).frozen())
                    .containsExactly(
                            new FrozenId(0, 2),
                            new FrozenId(0, 3),
                            new FrozenId(1, START),
                            new FrozenId(1, 1));
        }
    }

    @Test
    void eachExampleIsPredictedByItsOwnWeights() throws Exception {
        try (TestTrainer trainer = open(1, 1, EVERY_TEN)) {
            trainer.watermark(10);
            trainer.watermark(24);
            trainer.watermark(34);
            List<Example> examples = List.of(example(25), example(33));
            trainer.example(examples.get(0));
            trainer.example(examples.get(1));
            ShardRequest.Pull pull = requests(trainer, ShardRequest.Pull.class).get(0);
            int width = weights(pull);
            float[] frozen = new float[2 * width];
            Arrays.fill(frozen, 0, width, 0.1f);
            Arrays.fill(frozen, width, 2 * width, 0.2f);
            trainer.deliver(reply(pull, new float[width], frozen));
            trainer.runMails();

            MicroBatch batch = MicroBatch.of(examples, layout, 1, key -> 0);
            try (Learner learner = new Learner(spec, Device.cpu())) {
                float[] older = learner.predict(batch, Arrays.copyOf(frozen, width));
                float[] newer =
                        learner.predict(batch, Arrays.copyOfRange(frozen, width, 2 * width));
                assertThat(older[0]).isNotEqualTo(newer[0]);
                assertThat(trainer.outcomes().get(0).predictions())
                        .isDeepEqualTo(new float[][] {{older[0], newer[1]}});
                assertThat(trainer.learned().get(0).predictions())
                        .isDeepEqualTo(new float[][] {learner.predict(batch, new float[width])});
            }
        }
    }

    /** Those that wait for their label, or for their batch to be full. */
    @Test
    void weightsAreKeptForExamplesThatAreYetToBePredicted() throws Exception {
        try (TestTrainer trainer = open(1, 1, EVERY_TEN)) {
            trainer.watermark(10);
            assertThat(oldest(trainer, 20)).containsExactly(START);
            assertThat(oldest(trainer, 33)).containsExactly(START);
            assertThat(oldest(trainer, 34)).as("20 has come, save what waits").containsExactly(2L);
            assertThat(oldest(trainer, 43)).containsExactly(2L);

            trainer.example(example(29));
            assertThat(oldest(trainer, 47)).isEmpty();
            assertThat(oldest(trainer, 53)).containsExactly(2L);
            trainer.example(example(50));
            assertThat(requests(trainer, ShardRequest.Pull.class).get(0).frozen())
                    .containsExactly(new FrozenId(0, 2), new FrozenId(0, 5));
        }
    }

    @Test
    void inProductionThereIsNothingToFreeze() throws Exception {
        try (TestTrainer trainer = open(1, 1, new Sync.AtOnce())) {
            trainer.watermark(10);
            trainer.watermark(1000);
            trainer.example(example(1000));
            trainer.example(example(1001));
            List<ShardRequest.Pull> pulls = requests(trainer, ShardRequest.Pull.class);
            assertThat(pulls.get(0).frozen()).isEmpty();
            assertThat(log(trainer)).containsExactly("mark 10", "mark 1000", "pull 0");
            trainer.deliver(reply(pulls.get(0), new float[weights(pulls.get(0))], new float[0]));
            trainer.runMails();
            assertThat(trainer.outcomes().get(0).predictions())
                    .isDeepEqualTo(trainer.learned().get(0).predictions());
        }
    }

    @Test
    void noWeightsThatLagAreRestored() throws Exception {
        OperatorSubtaskState checkpoint;
        try (TestTrainer trainer = open(1, 1, new Sync.AtOnce())) {
            checkpoint = trainer.checkpoint(1);
        }
        try (TestTrainer restored = trainer(1, 1, checkpoint, new Sync.AtOnce())) {
            restored.example(example(1));
        }
        assertThatThrownBy(() -> trainer(1, 1, checkpoint, EVERY_TEN).close())
                .hasStackTraceContaining("training of model test with predictions by weights that")
                .hasStackTraceContaining("Start it anew");
    }

    private TestTrainer open(int staleness, int shards, Sync... syncs) throws Exception {
        return trainer(staleness, shards, null, syncs);
    }

    private TestTrainer trainer(
            int staleness, int shards, @Nullable OperatorSubtaskState checkpoint, Sync... syncs)
            throws Exception {
        return new TestTrainer(
                spec,
                new TrainerSettings(
                        BATCH,
                        Duration.ofMillis(1),
                        true,
                        staleness,
                        1,
                        new SyncSettings(List.of(syncs), WAIT)),
                new ShardAssignment(128, shards),
                checkpoint);
    }

    private Example example(long time) throws InvalidEventException {
        return new FeatureExtractor(spec)
                .extract("u" + time, "i", Map.of("price", 1.0), Map.of(), time)
                .labelled(3, 1);
    }

    /** Which weights it asks to keep as the oldest, when the watermark comes to this time. */
    private List<Long> oldest(TestTrainer trainer, long watermark) throws Exception {
        int before = requests(trainer, ShardRequest.Freeze.class).size();
        trainer.watermark(watermark);
        return requests(trainer, ShardRequest.Freeze.class).stream()
                .skip(before)
                .map(ShardRequest.Freeze::oldest)
                .toList();
    }

    private void answer(TestTrainer trainer, long batch) {
        for (ShardRequest.Pull pull : requests(trainer, ShardRequest.Pull.class)) {
            if (pull.batch() == batch) {
                int width = weights(pull);
                float[] frozen = new float[width * pull.frozen().size()];
                trainer.deliver(reply(pull, new float[width], frozen));
            }
        }
    }

    /** What was sent since the last call. */
    private List<String> log(TestTrainer trainer) {
        sent.addAll(trainer.sent());
        List<String> log = sent.subList(logged, sent.size()).stream().map(this::line).toList();
        logged = sent.size();
        return log;
    }

    private String line(Object element) {
        if (element instanceof Watermark mark) {
            return "mark " + mark.getTimestamp();
        }
        ShardRequest request = (ShardRequest) element;
        return request.getClass().getSimpleName().toLowerCase(Locale.ROOT) + " " + request.batch();
    }

    /** Those of one kind among all that were sent. */
    private <T extends ShardRequest> List<T> requests(TestTrainer trainer, Class<T> kind) {
        sent.addAll(trainer.sent());
        return sent.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static ShardReply reply(ShardRequest.Pull pull, float[] weights, float[] frozen) {
        return new ShardReply(pull.trainer(), pull.batch(), 0, weights, new long[0], frozen);
    }

    private int weights(ShardRequest pull) {
        return Arrays.stream(pull.keys()).mapToInt(layout::width).sum();
    }
}
