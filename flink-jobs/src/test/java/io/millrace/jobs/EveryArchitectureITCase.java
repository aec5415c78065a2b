package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.version.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every architecture of the contract suite trains in the job, with two trainers and two shards: all
 * examples once, to a version that holds the whole network.
 */
class EveryArchitectureITCase {

    private static final Path CASES =
            Path.of("..", "model", "src", "test", "resources", "architectures");

    private static final int EXAMPLES = 2_000;
    private static final int VALUES = 20;

    private static final String JOB =
            """
            training: {micro-batch: 64, max-wait: 20ms, trainers: 2, shards: 2, cache: 4MiB}
            versions: {directory: "%s", every: 10s}
            checkpoints: {directory: "%s"}
            """;

    /** Read by the source, which runs in this process. */
    private static final List<Example> EXAMPLES_OF_CASE = new ArrayList<>();

    @TempDir private static Path directory;
    private static EmbeddedFlink flink;

    @BeforeAll
    static void start() {
        flink = EmbeddedFlink.start(directory, 4);
    }

    @AfterAll
    static void stop() {
        flink.close();
    }

    static Stream<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void trainsWithTwoTrainersAndTwoShards(String name) throws Exception {
        PipelineConfig config = config(name);
        EXAMPLES_OF_CASE.clear();
        EXAMPLES_OF_CASE.addAll(examples(config.model()));
        StreamExecutionEnvironment env = flink.environment();
        new TrainingJob(config, 0, null)
                .buildFrom(
                        env,
                        env.fromSource(
                                        new DataGeneratorSource<>(
                                                index -> EXAMPLES_OF_CASE.get(index.intValue()),
                                                EXAMPLES,
                                                ExampleSerializer.TYPE),
                                        WatermarkStrategy.noWatermarks(),
                                        "examples")
                                .setParallelism(1));
        env.execute(name);

        Manifest last = VersionRows.newest(config);
        assertThat(last.examples()).isEqualTo(EXAMPLES);
        assertThat(last.parts()).hasSize(2);
        SortedMap<Long, Long> counts = VersionRows.exampleCounts(config, last.version());
        DenseLayout dense = new ParameterLayout(config.model()).dense();
        for (int block = 0; block < dense.blocks(); block++) {
            assertThat(counts).containsEntry(ParameterKey.ofDenseBlock(block), (long) EXAMPLES);
        }
        assertThat(counts).doesNotContainKey(ParameterKey.ofDenseBlock(dense.blocks()));
        assertThat(counts.keySet().stream().map(ParameterKey::slot).distinct())
                .hasSize(1 + config.model().inputShape().fields().size());
        assertThat(last.metrics().values()).allMatch(Double::isFinite);
    }

    private static PipelineConfig config(String name) throws IOException {
        Path own = directory.resolve(name);
        String job = JOB.formatted(own.resolve("versions"), own.resolve("checkpoints"));
        return PipelineConfigReader.read(Files.readString(CASES.resolve(name)) + job, name);
    }

    private static List<Example> examples(ModelSpec spec) throws InvalidEventException {
        boolean isClick = spec.objective() instanceof Objective.Click;
        FeatureExtractor extractor = new FeatureExtractor(spec);
        Random random = new Random(3);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            Map<String, Object> features =
                    Map.of(
                            "genres", List.of("g" + random.nextInt(VALUES)),
                            "age", random.nextDouble(),
                            "price", random.nextDouble(),
                            "position", "p" + random.nextInt(VALUES));
            String user = "u" + random.nextInt(VALUES);
            String item = "i" + random.nextInt(VALUES);
            int label = isClick ? random.nextInt(2) : 1 + random.nextInt(5);
            examples.add(
                    extractor.extract(user, item, features, Map.of(), 1 + i).labelled(label, 1));
        }
        return examples;
    }
}
