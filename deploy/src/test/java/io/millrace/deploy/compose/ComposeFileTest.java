package io.millrace.deploy.compose;

import static io.millrace.deploy.compose.ComposeFile.list;
import static io.millrace.deploy.compose.ComposeFile.map;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.cli.cluster.ClusterMain;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ComposeFileTest {

    private static final String PIPELINE = "/etc/millrace/pipeline.yaml";

    private final ComposeFile compose = ComposeFile.read();
    private final PipelineConfig pipeline =
            PipelineConfigReader.read(Project.file("deploy/pipeline.yaml"));

    @Test
    void hasEachPartOfTheSystem() {
        assertThat(compose.services().keySet())
                .containsExactlyInAnyOrder(
                        "kafka",
                        "train",
                        "train-worker",
                        "score",
                        "score-worker",
                        "simulator",
                        "prometheus",
                        "grafana");
        assertThat(compose.service("simulator").get("profiles")).isEqualTo(List.of("simulate"));
        assertThat(compose.root()).as("newer compose warns of it").doesNotContainKey("version");
    }

    @Test
    void nothingIsOpenToOtherMachines() {
        compose.services()
                .forEach(
                        (name, service) ->
                                assertThat(list(service.get("ports")))
                                        .as(name)
                                        .allSatisfy(
                                                port ->
                                                        assertThat((String) port)
                                                                .startsWith("127.0.0.1:")));
    }

    @Test
    void whatRunsForEverIsWatchedRestartedAndBounded() {
        compose.services()
                .forEach(
                        (name, service) -> {
                            assertThat(service).as(name).containsKeys("mem_limit", "restart");
                            if (!name.equals("simulator")) {
                                assertThat(service).as(name).containsKey("healthcheck");
                            }
                        });
    }

    @Test
    void mountsWhatIsThere() {
        Map<String, Object> volumes = map(compose.root().get("volumes"));
        compose.services()
                .forEach(
                        (name, service) -> {
                            for (Object volume : list(service.get("volumes"))) {
                                String source = ((String) volume).split(":", -1)[0];
                                if (source.startsWith(".")) {
                                    assertThat(Project.file(source)).as(name).exists();
                                } else {
                                    assertThat(volumes).as(name).containsKey(source);
                                }
                            }
                        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "score"})
    void runsTheJobOfTheJar(String job) {
        assertThat(list(compose.service(job).get("command")))
                .containsExactly(
                        "standalone-job",
                        "--job-classname",
                        ClusterMain.class.getName(),
                        job,
                        "--config",
                        PIPELINE,
                        "--restore",
                        "latest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "train-worker", "score", "score-worker", "simulator"})
    void allContainersSeeThePipelineAndItsFolders(String service) {
        List<String> targets = new ArrayList<>();
        for (Object volume : list(compose.service(service).get("volumes"))) {
            targets.add(((String) volume).split(":", -1)[1]);
        }
        assertThat(targets).contains(PIPELINE);
        if (!service.equals("simulator")) {
            assertThat(targets)
                    .contains(pipeline.versions().directory(), pipeline.checkpoints().directory());
        }
        assertThat(pipeline.kafka().bootstrapServers()).isEqualTo("kafka:9092");
    }

    /** Flink's image splits these lines in shell: it keeps no spaces, and comments become keys. */
    @ParameterizedTest
    @ValueSource(strings = {"train", "train-worker", "score", "score-worker"})
    void flinksImageUnderstandsTheProperties(String service) {
        assertThat(compose.flinkLines(service))
                .allMatch(line -> line.matches("[a-z][A-Za-z.-]*: [^\\s\"'#*]+"));
        List<String> keys = new ArrayList<>(compose.flinkProperties(service).keySet());
        keys.addAll(Project.yaml("deploy/docker/config.yaml").keySet());
        assertThat(keys).doesNotHaveDuplicates();
        for (String key : keys) {
            assertThat(keys)
                    .as("Flink's image nests keys; none may be both a value and a group")
                    .noneMatch(other -> other.startsWith(key + "."));
        }
    }

    @Test
    void workersHaveTheSlotsThatTheirJobNeeds() {
        PipelineConfig.Training training = pipeline.training();
        int train = training.trainers() + Math.max(training.trainers(), training.shards());
        assertThat(slots("train-worker")).isEqualTo(train);
        assertThat(slots("score-worker")).isEqualTo(pipeline.scoring().parallelism());
    }

    @ParameterizedTest
    @ValueSource(strings = {"train-worker", "score-worker"})
    void aTaskManagersMemoryAddsUp(String service) {
        Configuration flink = Configuration.fromMap(compose.flinkProperties(service));
        var memory = TaskExecutorProcessUtils.processSpecFromConfig(flink);
        assertThat(memory.getTotalProcessMemorySize())
                .isEqualTo(flink.get(TaskManagerOptions.TOTAL_PROCESS_MEMORY));
        assertThat(memory.getTaskHeapSize().getMebiBytes()).isGreaterThan(256);
        assertThat(limit(service)).isGreaterThan(memory.getTotalProcessMemorySize());
    }

    /** The job manager tells the job, the task manager has the memory. */
    @Test
    void rocksDbsMemoryIsSetAsideForAllSlotsTogether() {
        Configuration job = Configuration.fromMap(compose.flinkProperties("train"));
        Configuration worker = Configuration.fromMap(compose.flinkProperties("train-worker"));

        assertThat(job.get(RocksDBOptions.USE_MANAGED_MEMORY)).isFalse();
        assertThat(worker.get(RocksDBOptions.USE_MANAGED_MEMORY)).isFalse();
        assertThat(worker.get(TaskManagerOptions.MANAGED_MEMORY_SIZE)).isEqualTo(MemorySize.ZERO);
        assertThat(worker.get(TaskManagerOptions.TASK_OFF_HEAP_MEMORY))
                .isGreaterThanOrEqualTo(
                        worker.get(RocksDBOptions.FIX_PER_TM_MEMORY_SIZE)
                                .add(MemorySize.ofMebiBytes(384)));
        assertThat(worker.get(RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "score"})
    void aJobManagersMemoryAddsUp(String service) {
        Configuration flink = Configuration.fromMap(compose.flinkProperties(service));
        var memory = JobManagerProcessUtils.processSpecFromConfig(flink);
        assertThat(limit(service)).isGreaterThan(memory.getTotalProcessMemorySize());
    }

    @Test
    void theImageTakesOnlyWhatTheIgnoreFileLetsThrough() throws Exception {
        List<String> let =
                Files.readAllLines(Project.file(".dockerignore")).stream()
                        .filter(line -> line.startsWith("!"))
                        .map(line -> line.substring(1))
                        .toList();
        List<String> copied =
                Project.text("deploy/docker/Dockerfile")
                        .lines()
                        .filter(line -> line.startsWith("COPY "))
                        .map(line -> line.split(" ", -1)[2])
                        .toList();
        assertThat(copied).isNotEmpty().allMatch(path -> let.stream().anyMatch(path::startsWith));
        assertThat(copied)
                .filteredOn(path -> path.startsWith("deploy/docker/"))
                .allSatisfy(path -> assertThat(Path.of("..", path)).exists());
    }

    private int slots(String service) {
        return Configuration.fromMap(compose.flinkProperties(service))
                .get(TaskManagerOptions.NUM_TASK_SLOTS);
    }

    private MemorySize limit(String service) {
        return MemorySize.parse((String) compose.service(service).get("mem_limit"));
    }
}
