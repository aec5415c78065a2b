package io.millrace.jobs;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.execution.CheckpointingMode;

/**
 * Settings of the environment or cluster under which a checkpoint would not be a consistent cut of
 * the training job. Whoever asks for one is told, rather than silently given something else.
 */
final class BreakingSettings {

    private static final List<Breaking<?>> ALL =
            List.of(
                    new Breaking<>(
                            CheckpointingOptions.ENABLE_UNALIGNED,
                            unaligned -> unaligned,
                            "training needs aligned checkpoints: a barrier that overtakes gradients"
                                    + " in flight would cut between a batch and its update"),
                    new Breaking<>(
                            CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT,
                            timeout -> timeout.compareTo(Duration.ZERO) > 0,
                            "training needs aligned checkpoints, however long they take: after the"
                                    + " timeout a barrier would overtake gradients in flight"),
                    new Breaking<>(
                            CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                            mode -> mode != CheckpointingMode.EXACTLY_ONCE,
                            "training needs EXACTLY_ONCE: otherwise gradients from behind the"
                                    + " barrier would be in the checkpoint, and be applied again"
                                    + " when it is restored"),
                    new Breaking<>(
                            CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS,
                            checkpoints -> checkpoints > 1,
                            "training takes one checkpoint at a time: a version builds on the"
                                    + " one before, which must be complete or given up"),
                    new Breaking<>(
                            ExecutionOptions.RUNTIME_MODE,
                            mode -> mode == RuntimeExecutionMode.BATCH,
                            "training is a streaming job, on bounded input too: in batch mode there"
                                    + " are no checkpoints, and so no versions"));

    private BreakingSettings() {}

    /**
     * Refuses a configuration that asks for one of them.
     *
     * @throws IllegalArgumentException naming the setting, its value, and why it cannot be
     */
    static void refuse(ReadableConfig configuration) {
        ALL.forEach(setting -> setting.refuseIn(configuration));
    }

    private record Breaking<T>(ConfigOption<T> option, Predicate<T> breaks, String reason) {

        void refuseIn(ReadableConfig configuration) {
            configuration
                    .getOptional(option)
                    .filter(breaks)
                    .ifPresent(
                            value -> {
                                throw new IllegalArgumentException(
                                        "%s is %s, but %s; remove the setting"
                                                .formatted(option.key(), value, reason));
                            });
        }
    }
}
