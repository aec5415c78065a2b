package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BreakingSettingsTest {

    private static final PipelineConfig PIPELINE =
            PipelineConfigReader.read(Path.of("..", "examples", "clicks.yaml"));

    @ParameterizedTest
    @CsvSource({
        "execution.checkpointing.unaligned.enabled, true, training needs aligned checkpoints",
        "execution.checkpointing.unaligned, true, training needs aligned checkpoints",
        "execution.checkpointing.aligned-checkpoint-timeout, 10 s, training needs aligned",
        "execution.checkpointing.mode, AT_LEAST_ONCE, training needs EXACTLY_ONCE",
        "execution.checkpointing.max-concurrent-checkpoints, 2, training takes one checkpoint",
        "execution.runtime-mode, BATCH, training is a streaming job"
    })
    void aSettingThatWouldBreakTheCutIsRefused(String key, String value, String reason) {
        StreamExecutionEnvironment env = environment(Map.of(key, value));

        assertThatThrownBy(() -> JobSettings.configureTraining(env, PIPELINE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key.replaceAll("unaligned$", "unaligned.enabled") + " is ")
                .hasMessageContaining(reason)
                .hasMessageEndingWith("; remove the setting");
    }

    @Test
    void whatIsHarmlessIsAcceptedAndReplaced() {
        StreamExecutionEnvironment env =
                environment(
                        Map.of(
                                "execution.checkpointing.unaligned.enabled", "false",
                                "execution.checkpointing.aligned-checkpoint-timeout", "0 s",
                                "execution.checkpointing.mode", "EXACTLY_ONCE",
                                "execution.checkpointing.max-concurrent-checkpoints", "1",
                                "execution.checkpointing.checkpoints-after-tasks-finish", "false",
                                "execution.runtime-mode", "AUTOMATIC",
                                "pipeline.generic-types", "true"));

        JobSettings.configureTraining(env, PIPELINE);

        var job = env.getConfiguration();
        assertThat(job.get(ExecutionOptions.RUNTIME_MODE))
                .isEqualTo(RuntimeExecutionMode.STREAMING);
        assertThat(job.get(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE))
                .isEqualTo(CheckpointingMode.EXACTLY_ONCE);
        assertThat(job.get(CheckpointingOptions.ENABLE_UNALIGNED)).isFalse();
        assertThat(job.get(CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS)).isEqualTo(1);
        assertThat(job.get(CheckpointingOptions.ENABLE_CHECKPOINTS_AFTER_TASKS_FINISH)).isTrue();
        assertThat(job.get(PipelineOptions.GENERIC_TYPES)).isFalse();
    }

    private static StreamExecutionEnvironment environment(Map<String, String> settings) {
        return StreamExecutionEnvironment.getExecutionEnvironment(Configuration.fromMap(settings));
    }
}
