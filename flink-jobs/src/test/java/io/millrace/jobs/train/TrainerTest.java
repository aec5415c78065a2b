package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.TestModels;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.parameter.ParameterKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where micro-batches end. A pull's keys tell how many users its batch has. */
class TrainerTest {

    private static final int MICRO_BATCH = 4;
    private static final long MAX_WAIT = 20;

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

    private OperatorSubtaskState keptBy(int examples) throws Exception {
        try (var trainer = open(true, null)) {
            process(trainer, 0, examples);
            trainer.prepareSnapshotPreBarrier(1);
            return trainer.snapshot(1, 1);
        }
    }

    private OneInputStreamOperatorTestHarness<Example, ShardRequest> open(
            boolean reproducible, @Nullable OperatorSubtaskState state) throws Exception {
        TrainerSettings settings =
                new TrainerSettings(MICRO_BATCH, Duration.ofMillis(MAX_WAIT), reproducible, 1, 1);
        var trainer =
                new OneInputStreamOperatorTestHarness<Example, ShardRequest>(
                        new TrainerFactory("test", spec, settings, new ShardAssignment(128, 1))) {
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
