package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.jobs.TestModels;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where micro-batches end, and when they are learned. A pull's keys tell how many users its batch
 * has.
 */
class TrainerTest {

    private static final int MICRO_BATCH = 4;
    private static final long MAX_WAIT = 20;
    private static final int USER_DIMENSION = 4;

    private final ModelSpec spec = TestModels.ratings();

    @Test
    void aReproducibleBatchIsCutByCountAlone() throws Exception {
        OperatorSubtaskState checkpoint;
        try (var trainer = open(true, null)) {
            process(trainer, 0, 3);
            trainer.setProcessingTime(10 * MAX_WAIT);
            trainer.prepareSnapshotPreBarrier(1);
            checkpoint = trainer.snapshot(1, 1);
            assertThat(users(trainer)).isEmpty();
            process(trainer, 3, 1);
            assertThat(users(trainer)).containsExactly(4);
        }

        try (var restored = open(true, checkpoint)) {
            restored.setProcessingTime(10 * MAX_WAIT);
            assertThat(users(restored)).isEmpty();
            process(restored, 3, 1);
            assertThat(users(restored)).containsExactly(4);
        }
    }

    @Test
    void anotherBatchIsSentWhenItHasWaited() throws Exception {
        try (var trainer = open(false, null)) {
            process(trainer, 0, 3);
            trainer.setProcessingTime(MAX_WAIT - 1);
            assertThat(users(trainer)).isEmpty();
            trainer.setProcessingTime(MAX_WAIT);
            assertThat(users(trainer)).containsExactly(3);
        }
    }

    @Test
    void examplesThatAReproducibleTrainerKeptAreSentByAnother() throws Exception {
        try (var trainer = open(false, keptBy(3))) {
            assertThat(users(trainer)).isEmpty();
            trainer.setProcessingTime(MAX_WAIT);
            assertThat(users(trainer)).containsExactly(3);
        }
    }

    @Test
    void keptExamplesAreSharedOutOnceAmongMoreTrainers() throws Exception {
        OperatorSubtaskState kept = keptBy(3);
        int users = 0;
        for (int subtask = 0; subtask < 2; subtask++) {
            OperatorSubtaskState share =
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            kept, 128, 1, 2, subtask);
            try (var trainer = open(false, share)) {
                trainer.setProcessingTime(MAX_WAIT);
                users += users(trainer).stream().mapToInt(Integer::intValue).sum();
            }
        }
        assertThat(users).isEqualTo(3);
    }

    @Test
    void batchesAreLearnedInTheOrderInWhichTheyWereSent() throws Exception {
        try (var trainer = openStale(3)) {
            process(trainer, 0, 3 * MICRO_BATCH);
            assertThat(log(trainer)).containsExactly("pull 0", "pull 1", "pull 2");

            answer(trainer, 2);
            answer(trainer, 1);
            runMails(trainer);
            assertThat(log(trainer)).as("the first has no answer").hasSize(3);

            answer(trainer, 0);
            runMails(trainer);
            assertThat(log(trainer))
                    .containsExactly("pull 0", "pull 1", "pull 2", "push 0", "push 1", "push 2");
            assertThat(keysOf(trainer, ShardRequest.Push.class))
                    .isEqualTo(keysOf(trainer, ShardRequest.Pull.class));
        }
    }

    @Test
    void requestsForAShardOfItsTaskManagerAreLeftThere() throws Exception {
        try (var trainer = openStale(1)) {
            TaskAddress shard = TaskAddress.in(trainer.getEnvironment(), "test", 0);
            RequestExchange.Inbox inbox = RequestExchange.register(shard);
            process(trainer, 0, MICRO_BATCH);
            ShardRequest pull = leftIn(inbox, trainer, 0);
            assertThat(pull).isInstanceOf(ShardRequest.Pull.class);

            int weights =
                    Arrays.stream(pull.keys()).mapToInt(new ParameterLayout(spec)::width).sum();
            answer(trainer, 0, weights);
            runMails(trainer);
            ShardRequest push = leftIn(inbox, trainer, 1);
            assertThat(push).isInstanceOf(ShardRequest.Push.class);
            assertThat(push.keys()).isEqualTo(pull.keys());

            RequestExchange.unregister(shard, inbox);
            process(trainer, MICRO_BATCH, MICRO_BATCH);
            assertThat(trainer.extractOutputValues().get(2)).isInstanceOf(ShardRequest.Pull.class);
        }
    }

    private static ShardRequest leftIn(
            RequestExchange.Inbox inbox,
            OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer,
            int sent) {
        ShardRequest.Left left = (ShardRequest.Left) trainer.extractOutputValues().get(sent);
        ShardRequest request = inbox.take(left);
        assertThat(left.batch()).isEqualTo(request.batch());
        assertThat(left.keys()).containsExactly(request.keys()[0]);
        return request;
    }

    @Test
    void theNextPullGoesOutBeforeAReadyBatchIsLearned() throws Exception {
        try (var trainer = openStale(3)) {
            process(trainer, 0, MICRO_BATCH);
            answer(trainer, 0);
            assertThat(runMail(trainer)).isTrue();
            for (int i = MICRO_BATCH; i < 3 * MICRO_BATCH; i++) {
                process(trainer, i, 1);
                assertThat(runMail(trainer)).as("it looks again").isTrue();
            }

            assertThat(log(trainer)).containsExactly("pull 0", "pull 1", "pull 2", "push 0");
            assertThat(runMail(trainer)).isFalse();
        }
    }

    @Test
    void aReadyBatchIsLearnedWhenNoMoreExamplesCome() throws Exception {
        try (var trainer = openStale(3)) {
            process(trainer, 0, MICRO_BATCH);
            answer(trainer, 0);
            assertThat(runMail(trainer)).isTrue();
            process(trainer, MICRO_BATCH, 2);
            assertThat(runMail(trainer)).isTrue();
            assertThat(log(trainer)).containsExactly("pull 0");

            runMails(trainer);
            assertThat(log(trainer)).containsExactly("pull 0", "push 0");
        }
    }

    /** With examples that wait for more, an answer that was not heard yet and a batch put off. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBarrierAndTheEndLearnEachBatchOnce(boolean end) throws Exception {
        try (var trainer = openStale(3)) {
            process(trainer, 0, MICRO_BATCH);
            answer(trainer, 0);
            assertThat(runMail(trainer)).isTrue();
            process(trainer, MICRO_BATCH, MICRO_BATCH);
            answer(trainer, 1);
            process(trainer, 2 * MICRO_BATCH, 2);
            int missing = MICRO_BATCH - 2;
            answer(trainer, 2, weights(trainer, 1) - missing * USER_DIMENSION);
            assertThat(log(trainer)).containsExactly("pull 0", "pull 1");

            if (end) {
                trainer.getOneInputOperator().finish();
            } else {
                trainer.prepareSnapshotPreBarrier(1);
            }

            assertThat(log(trainer))
                    .containsExactly("pull 0", "pull 1", "pull 2", "push 0", "push 1", "push 2");
            assertThat(runMail(trainer)).as("nothing is put off any more").isFalse();
            assertThat(outcomes(trainer)).containsExactly(MICRO_BATCH, MICRO_BATCH, 2);
        }
    }

    /** Two shards answer; what is pushed is what a learner makes of all their counts. */
    @Test
    void countsOfAllShardsReachALossOfTheWholeBatch() throws Exception {
        ModelSpec model = TestModels.retrieval();
        ParameterLayout layout = new ParameterLayout(model);
        ShardAssignment assignment = new ShardAssignment(128, 2);
        List<Example> examples = new ArrayList<>();
        FeatureExtractor extractor = new FeatureExtractor(model);
        for (int i = 0; i < MICRO_BATCH; i++) {
            examples.add(
                    extractor
                            .extract("u" + i, "i" + i % 3, Map.of(), Map.of(), 1000L)
                            .labelled(1, 1));
        }
        Map<Long, float[]> pushed = new HashMap<>();
        try (var trainer = open(model, assignment, false, 1, null)) {
            for (Example example : examples) {
                trainer.processElement(example, 1000L);
            }
            List<ShardRequest> pulls = trainer.extractOutputValues();
            assertThat(pulls).hasSize(2);
            for (ShardRequest pull : List.of(pulls.get(1), pulls.get(0))) {
                deliver(
                        trainer,
                        new ShardReply(
                                pull.trainer(),
                                0,
                                assignment.shardOf(pull.keys()[0]),
                                initial(layout, pull.keys()),
                                counts(pull.keys())));
            }
            runMails(trainer);
            for (ShardRequest request : trainer.extractOutputValues()) {
                if (request instanceof ShardRequest.Push push) {
                    split(layout, push.keys(), push.gradients(), pushed);
                }
            }
        }

        Map<Long, float[]> expected = new HashMap<>();
        MicroBatch batch = MicroBatch.of(examples, layout, 1, key -> 0);
        float[] gradients = new float[batch.weightCount()];
        try (Learner learner = new Learner(model, Device.cpu())) {
            learner.learn(batch, initial(layout, batch.keys()), counts(batch.keys()), gradients);
        }
        split(layout, batch.keys(), gradients, expected);
        assertThat(pushed).hasSameSizeAs(expected);
        expected.forEach(
                (key, gradient) ->
                        assertThat(pushed.get(key))
                                .as("row %x", key)
                                .containsExactly(gradient, within(1e-6f)));
    }

    private static float[] initial(ParameterLayout layout, long[] keys) {
        float[] weights = new float[Arrays.stream(keys).mapToInt(layout::width).sum()];
        int at = 0;
        for (long key : keys) {
            layout.initialize(key, weights, at);
            at += layout.width(key);
        }
        return weights;
    }

    /** Different for each key, and most for the dense block. */
    private static long[] counts(long[] keys) {
        return Arrays.stream(keys)
                .map(
                        key ->
                                ParameterKey.slot(key) == ParameterKey.DENSE_SLOT
                                        ? 10_000
                                        : Math.floorMod(key, 997))
                .toArray();
    }

    private static void split(
            ParameterLayout layout, long[] keys, float[] values, Map<Long, float[]> into) {
        int at = 0;
        for (long key : keys) {
            into.put(key, Arrays.copyOfRange(values, at, at + layout.width(key)));
            at += layout.width(key);
        }
    }

    private OperatorSubtaskState keptBy(int examples) throws Exception {
        try (var trainer = open(true, null)) {
            process(trainer, 0, examples);
            trainer.prepareSnapshotPreBarrier(1);
            return trainer.snapshot(1, 1);
        }
    }

    private OneInputStreamOperatorTestHarness<Example, ShardRequest> open(
            boolean reproducible, @Nullable OperatorSubtaskState state) throws Exception {
        return open(reproducible, 1, state);
    }

    private OneInputStreamOperatorTestHarness<Example, ShardRequest> openStale(int staleness)
            throws Exception {
        return open(false, staleness, null);
    }

    private OneInputStreamOperatorTestHarness<Example, ShardRequest> open(
            boolean reproducible, int staleness, @Nullable OperatorSubtaskState state)
            throws Exception {
        return open(spec, new ShardAssignment(128, 1), reproducible, staleness, state);
    }

    private static OneInputStreamOperatorTestHarness<Example, ShardRequest> open(
            ModelSpec model,
            ShardAssignment assignment,
            boolean reproducible,
            int staleness,
            @Nullable OperatorSubtaskState state)
            throws Exception {
        TrainerSettings settings =
                new TrainerSettings(
                        MICRO_BATCH, Duration.ofMillis(MAX_WAIT), reproducible, staleness, 1);
        var trainer =
                new OneInputStreamOperatorTestHarness<Example, ShardRequest>(
                        new TrainerFactory("test", model, settings, assignment)) {
                    /** A death: the harness would finish, and no shard answers. */
                    @Override
                    public void close() throws Exception {
                        getOperator().close();
                    }
                };
        trainer.setup(new ShardRequestSerializer());
        if (state != null) {
            trainer.initializeState(state);
        }
        trainer.open();
        return trainer;
    }

    /** Each example has a user of its own and the same item. */
    private void process(
            OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer, int from, int count)
            throws Exception {
        FeatureExtractor extractor = new FeatureExtractor(spec);
        for (int i = from; i < from + count; i++) {
            Example example =
                    extractor
                            .extract("u" + i, "i", Map.of("price", 1.0), Map.of(), 1000L + i)
                            .labelled(3, 1);
            trainer.processElement(example, 1000L + i);
        }
    }

    /** The shard's answer to a pull that was sent. */
    private void answer(
            OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer, long batch) {
        answer(trainer, batch, weights(trainer, batch));
    }

    private static void answer(
            OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer,
            long batch,
            int weights) {
        TrainerId id = trainer.extractOutputValues().get(0).trainer();
        deliver(trainer, new ShardReply(id, batch, 0, new float[weights], new long[0]));
    }

    private static void deliver(
            OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer, ShardReply reply) {
        assertThat(
                        ReplyExchange.deliver(
                                TaskAddress.in(
                                        trainer.getEnvironment(),
                                        "test",
                                        reply.trainer().subtask()),
                                reply))
                .isTrue();
    }

    /** Number of weights that a pull asks for. */
    private int weights(
            OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer, long batch) {
        ParameterLayout layout = new ParameterLayout(spec);
        return trainer.extractOutputValues().stream()
                .filter(request -> request.batch() == batch)
                .findFirst()
                .map(request -> Arrays.stream(request.keys()).mapToInt(layout::width).sum())
                .orElseThrow();
    }

    /** Runs the trainer's next mail, if there is one. */
    private static boolean runMail(OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer)
            throws Exception {
        Optional<Mail> mail = trainer.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
        if (mail.isPresent()) {
            mail.get().run();
        }
        return mail.isPresent();
    }

    /** Runs mails until there are none; none of these tests needs more than a few. */
    private static void runMails(OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer)
            throws Exception {
        for (int i = 0; i < 100; i++) {
            if (!runMail(trainer)) {
                return;
            }
        }
        throw new AssertionError("the trainer writes mails to itself for ever");
    }

    private static List<String> log(
            OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer) {
        return trainer.extractOutputValues().stream()
                .map(
                        request ->
                                (request instanceof ShardRequest.Pull ? "pull " : "push ")
                                        + request.batch())
                .toList();
    }

    private static List<List<Long>> keysOf(
            OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer,
            Class<? extends ShardRequest> kind) {
        return trainer.extractOutputValues().stream()
                .filter(kind::isInstance)
                .map(request -> Arrays.stream(request.keys()).boxed().toList())
                .toList();
    }

    /** Sizes of the batches learned. */
    private static List<Integer> outcomes(
            OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer) {
        return trainer.getSideOutput(Trainer.OUTCOMES).stream()
                .map(outcome -> outcome.getValue().labels().length)
                .toList();
    }

    private static List<Integer> users(
            OneInputStreamOperatorTestHarness<Example, ShardRequest> trainer) {
        List<Integer> users = new ArrayList<>();
        for (ShardRequest request : trainer.extractOutputValues()) {
            int sparse = 0;
            for (long key : request.keys()) {
                if (ParameterKey.slot(key) == 1) {
                    sparse++;
                }
            }
            users.add(sparse);
        }
        return users;
    }
}
