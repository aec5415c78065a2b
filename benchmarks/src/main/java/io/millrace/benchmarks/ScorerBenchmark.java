package io.millrace.benchmarks;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.example.Example;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.score.LoadOutcome;
import io.millrace.model.score.Scored;
import io.millrace.model.score.Scorer;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import io.millrace.model.version.VersionWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Scoring {@value #CANDIDATES} candidates of 26 categorical fields and 13 numbers with a DCN-V2,
 * whose two cross layers have full matrices. PyTorch has one thread, as the plain loops have.
 */
@SuppressWarnings("NullAway.Init") // set by setUp
public class ScorerBenchmark extends Measured {

    static final int CANDIDATES = 512;

    private static final int INPUT = Models.SPARSE * Models.DIMENSION + Models.NUMERIC;

    /** Rows and columns of the network's matrices, but for the one that makes the logit. */
    private static final int[][] LAYERS = {{INPUT, INPUT}, {INPUT, INPUT}, {INPUT, 64}, {64, 32}};

    private Path directory;
    private Scorer scorer;
    private List<Example> candidates;
    private float[][] matrices;
    private float[] from;
    private float[] to;

    @Setup
    public void setUp() throws IOException {
        Random random = new Random(7);
        candidates = Stream.generate(() -> Models.example(random)).limit(CANDIDATES).toList();
        directory = Files.createTempDirectory("millrace-benchmark");
        VersionStorage storage = new LocalVersionStorage(directory);
        ModelSpec spec = Models.clicks(Models.SPARSE, Models.NUMERIC);
        publish(storage, spec);
        scorer = new Scorer(storage, spec.name(), Device.cpu());
        LoadOutcome outcome = scorer.load(1);
        if (!(outcome instanceof LoadOutcome.Loaded)) {
            throw new IllegalStateException("the version does not load: " + outcome);
        }
        matrices = new float[LAYERS.length][];
        for (int layer = 0; layer < LAYERS.length; layer++) {
            matrices[layer] = new float[LAYERS[layer][0] * LAYERS[layer][1]];
            Arrays.fill(matrices[layer], 0.01f);
        }
        from = new float[INPUT];
        to = new float[INPUT];
        Arrays.fill(from, 0.5f);
    }

    @TearDown
    public void tearDown() throws IOException {
        scorer.close();
        new LocalVersionStorage(directory).delete(Models.NAME);
        Files.delete(directory);
    }

    @Benchmark
    @OperationsPerInvocation(CANDIDATES)
    @Measures("the network's matrix products for a candidate in plain loops, nothing else")
    public float[] plainLoops() {
        for (int candidate = 0; candidate < CANDIDATES; candidate++) {
            for (int layer = 0; layer < LAYERS.length; layer++) {
                multiply(matrices[layer], LAYERS[layer][0], LAYERS[layer][1]);
            }
        }
        return to;
    }

    @Benchmark
    @OperationsPerInvocation(CANDIDATES)
    @Measures(value = "a candidate scored", against = "plainLoops")
    public Scored score() {
        return scorer.score(candidates);
    }

    /** Row by row, so that the inner loop runs over memory in order and can be vectorized. */
    private void multiply(float[] matrix, int rows, int columns) {
        Arrays.fill(to, 0, columns, 0f);
        for (int row = 0; row < rows; row++) {
            float factor = from[row];
            int at = row * columns;
            for (int column = 0; column < columns; column++) {
                to[column] += factor * matrix[at + column];
            }
        }
    }

    /** As version 1, with a row for each key of the candidates. */
    private void publish(VersionStorage storage, ModelSpec spec) throws IOException {
        ParameterLayout layout = new ParameterLayout(spec);
        TreeSet<Long> keys = new TreeSet<>(Long::compareUnsigned);
        for (int block = 0; block < layout.dense().blocks(); block++) {
            keys.add(ParameterKey.ofDenseBlock(block));
        }
        for (Example candidate : candidates) {
            Arrays.stream(candidate.keys()).forEach(keys::add);
        }
        String path = VersionPaths.newPart(spec.name(), 1, 0);
        PartInfo part;
        try (RowFileWriter rows = RowFileWriter.create(storage, path, 0)) {
            for (long key : keys) {
                float[] weights = new float[layout.width(key)];
                layout.initialize(key, weights, 0);
                rows.add(key, new RowBuffer().over(weights, 0, weights.length), weights.length);
            }
            part = rows.finish();
        }
        new VersionWriter(storage)
                .commit(
                        new Manifest(
                                spec.name(),
                                1,
                                null,
                                1,
                                Map.of(),
                                0,
                                ModelSpecWriter.hash(spec),
                                ModelSpecWriter.write(spec),
                                List.of(part),
                                0,
                                Map.of(),
                                0,
                                0));
    }
}
