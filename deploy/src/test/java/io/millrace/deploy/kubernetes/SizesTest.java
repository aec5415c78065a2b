package io.millrace.deploy.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.ScoringJob;
import io.millrace.jobs.TrainingJob;
import io.millrace.jobs.config.PipelineConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobmanager.scheduler.SlotSharingGroup;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {

    @TempDir Path scratch;
    private PipelineConfig pipeline;

    @BeforeEach
    void readPipeline() {
        pipeline = Pipeline.withSecretsIn(scratch);
    }

    /**
     * Native Kubernetes starts as many task managers as the job's slots fill; each is to have a
     * trainer and a shard, and so with GPUs one trainer for its GPU.
     */
    @ParameterizedTest
    @ValueSource(strings = {"base", "gpu"})
    void trainsWithOneTrainerInEachTaskManager(String folder) {
        FlinkDeployment training = Manifests.of(folder).deployment("millrace-train");
        int slots = training.configuration().get(TaskManagerOptions.NUM_TASK_SLOTS);

        int needed = slots(training, new TrainingJob(pipeline, 0, null)::build);

        assertThat(pipeline.training().shards()).isEqualTo(pipeline.training().trainers());
        assertThat(slots).isEqualTo(2);
        assertThat(needed).isEqualTo(slots * pipeline.training().trainers());
        assertThat(training.configuration().get(TaskManagerOptions.TASK_MANAGER_LOAD_BALANCE_MODE))
                .isEqualTo(TaskManagerOptions.TaskManagerLoadBalanceMode.TASKS);
        assertThat(parallelism(training)).isEqualTo(pipeline.training().trainers());
    }

    @Test
    void scoresInOneSlotEach() {
        FlinkDeployment scoring = Manifests.of("base").deployment("millrace-score");

        assertThat(slots(scoring, new ScoringJob(pipeline)::build))
                .isEqualTo(pipeline.scoring().parallelism())
                .isEqualTo(parallelism(scoring));
    }

    /**
     * A shard's cache, the copies at a checkpoint that are twice as large, and as much again to
     * live in.
     */
    @ParameterizedTest
    @ValueSource(strings = {"base", "gpu"})
    void hasAHeapForTheCache(String folder) {
        FlinkDeployment training = Manifests.of(folder).deployment("millrace-train");
        long heap =
                new Pods(training, scratch).taskManagerMemory().getJvmHeapMemorySize().getBytes();

        assertThat(heap).isGreaterThan(4 * pipeline.training().cacheBytes());
    }

    /** Flink sees neither RocksDB's memory nor libtorch's, unless they are set aside. */
    @ParameterizedTest
    @CsvSource({"base, 512", "gpu, 3072"})
    void setsRocksDbsMemoryAsideForAllSlotsTogether(String folder, int megabytesOfLibtorch) {
        Configuration configuration =
                Manifests.of(folder).deployment("millrace-train").configuration();

        assertThat(configuration.get(RocksDBOptions.USE_MANAGED_MEMORY)).isFalse();
        assertThat(configuration.get(TaskManagerOptions.MANAGED_MEMORY_SIZE))
                .isEqualTo(MemorySize.ZERO);
        assertThat(configuration.get(TaskManagerOptions.TASK_OFF_HEAP_MEMORY))
                .isGreaterThanOrEqualTo(
                        configuration
                                .get(RocksDBOptions.FIX_PER_TM_MEMORY_SIZE)
                                .add(MemorySize.ofMebiBytes(megabytesOfLibtorch)));
        assertThat(configuration.get(RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS)).isTrue();
    }

    private static int slots(FlinkDeployment deployment, Consumer<StreamExecutionEnvironment> job) {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(deployment.configuration());
        env.setParallelism(parallelism(deployment));
        job.accept(env);
        JobGraph graph =
                env.getStreamGraph().getJobGraph(SizesTest.class.getClassLoader(), new JobID());
        Map<SlotSharingGroup, Integer> slots = new HashMap<>();
        for (JobVertex vertex : graph.getVertices()) {
            slots.merge(vertex.getSlotSharingGroup(), vertex.getParallelism(), Math::max);
        }
        return slots.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static int parallelism(FlinkDeployment deployment) {
        return deployment.resource().at("/spec/job/parallelism").asInt();
    }
}
