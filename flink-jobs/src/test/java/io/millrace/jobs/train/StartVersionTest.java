package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.millrace.jobs.TestModels;
import io.millrace.jobs.version.VersionDirectory;
import io.millrace.jobs.version.VersionPiece;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.Adam;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.Sgd;
import io.millrace.model.score.LoadOutcome;
import io.millrace.model.score.Scorer;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileReader;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import io.millrace.model.version.VersionWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A base with users 0 to 19 and all items, and a delta that deletes user 3 and changes user 4. */
class StartVersionTest {

    private static final long AMPLE = 10_000_000;
    private static final long BASE = 5;
    private static final long DELTA = 9;
    private static final int ITEMS = 6;

    @TempDir private Path before;
    @TempDir private Path now;
    private final ModelSpec spec = TestModels.ratings();
    private final ParameterLayout layout = new ParameterLayout(spec);
    private final Map<Long, float[]> rows = new HashMap<>();
    private long deleted;

    @BeforeEach
    void publish() throws Exception {
        VersionStorage storage = new LocalVersionStorage(before);
        Random random = new Random(4);
        for (int block = 0; block < layout.dense().blocks(); block++) {
            add(ParameterKey.ofDenseBlock(block), random);
        }
        for (int user = 0; user < 20; user++) {
            for (long key : example(user, user).keys()) {
                add(key, random);
            }
        }
        commit(storage, BASE, null, write(storage, BASE, null));

        deleted = example(3, 0).keys()[0];
        long changed = example(4, 0).keys()[0];
        Map<Long, float[]> all = new HashMap<>(rows);
        rows.clear();
        add(changed, random);
        commit(storage, DELTA, BASE, write(storage, DELTA, deleted));
        all.remove(deleted);
        all.putAll(rows);
        rows.putAll(all);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void theFirstBatchIsPredictedAsByItsScorer(int shards) throws Exception {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            examples.add(example(i, i));
        }
        ParameterServer.Settings settings = settings(start(DELTA), examples.size());
        BatchOutcome outcome;
        try (TestServer server = new TestServer(spec, settings, shards)) {
            for (Example example : examples) {
                server.example(example);
            }
            outcome = server.outcomes().get(0);
        }
        try (Scorer scorer =
                new Scorer(new LocalVersionStorage(before), spec.name(), Device.cpu())) {
            assertThat(scorer.load(DELTA)).isInstanceOf(LoadOutcome.Loaded.class);
            float[] scores = scorer.score(examples).scores();
            assertThat(scores).doesNotHaveDuplicates();
            assertThat(outcome.predictions()[0]).as("at once").containsExactly(scores);
            assertThat(outcome.predictions()[1]).as("by start weights").containsExactly(scores);
        }
    }

    @Test
    void rowsHaveTheWeightsOfTheirNewestLink() throws Exception {
        try (TestShards shards = shards(spec, start(DELTA), null)) {
            assertThat(rows).hasSize(20 + ITEMS + layout.dense().blocks() - 1);
            for (var row : rows.entrySet()) {
                assertThat(shards.weights(row.getKey())).containsExactly(row.getValue());
            }
            float[] initial = new float[layout.width(deleted)];
            layout.initialize(deleted, initial, 0);
            assertThat(shards.weights(deleted)).containsExactly(initial);
        }
        try (TestShards shards = shards(spec, start(BASE), null)) {
            assertThat(shards.keysInState()).contains(deleted);
        }
    }

    /** Without a parent, with all rows, and their counts as they were. */
    @Test
    void theFirstVersionIsABase() throws Exception {
        long trained = example(0, 0).keys()[0];
        Map<Long, long[]> heads = new HashMap<>();
        try (TestShards shards = shards(spec, start(DELTA), null)) {
            shards.train(new Random(1), trained);
            var unused = shards.checkpoint(1);
            for (VersionPiece.Rows piece : shards.parts()) {
                assertThat(piece.parent()).isNull();
                read(piece.part(), heads);
            }
            shards.train(new Random(1), trained);
            unused = shards.checkpoint(2);
            assertThat(shards.parts())
                    .filteredOn(piece -> piece.version() == 2)
                    .hasSize(2)
                    .allSatisfy(piece -> assertThat(piece.parent()).isEqualTo(1));
        }
        assertThat(heads).containsOnlyKeys(rows.keySet());
        heads.forEach(
                (key, head) ->
                        assertThat(head)
                                .as("row %x", key)
                                .containsExactly(key == trained ? 8 : 7, 900));
    }

    @Test
    void optimizersStartAnewAndMayBeOthers() throws Exception {
        long key = example(0, 0).keys()[0];
        for (var optimizer : List.of(new Sgd(0.1), new Adam(0.01, 0.9, 0.999, 1e-8))) {
            ModelSpec other =
                    new ModelSpec(
                            spec.name(),
                            spec.objective(),
                            spec.features(),
                            spec.architecture(),
                            optimizer,
                            optimizer,
                            spec.seed());
            ParameterLayout otherLayout = new ParameterLayout(other);
            float[] expected = new float[otherLayout.of(key).size()];
            System.arraycopy(rows.get(key), 0, expected, 0, layout.width(key));
            float[] gradient = new float[layout.width(key)];
            Random random = new Random(1);
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = random.nextFloat() - 0.5f;
            }
            optimizer.update(expected, 0, gradient.length, gradient, 0);
            try (TestShards shards = shards(other, start(DELTA), null)) {
                shards.train(new Random(1), key);
                assertThat(shards.weights(key))
                        .containsExactly(Arrays.copyOf(expected, gradient.length));
            }
        }
    }

    @Test
    void aJobThatIsRestoredGoesOnFromItsCheckpoint() throws Exception {
        long key = example(0, 0).keys()[0];
        OperatorSubtaskState checkpoint;
        float[] trained;
        try (TestShards shards = shards(spec, start(DELTA), null)) {
            shards.train(new Random(1), key);
            trained = shards.weights(key);
            checkpoint = shards.checkpoint(1);
        }
        try (TestShards restored = shards(spec, start(DELTA), checkpoint)) {
            assertThat(restored.weights(key)).containsExactly(trained);
            assertThat(trained).isNotEqualTo(rows.get(key));
        }
    }

    @Test
    void aVersionOfAnotherMeaningIsRefused() {
        ModelSpec seeded =
                new ModelSpec(
                        spec.name(),
                        spec.objective(),
                        spec.features(),
                        spec.architecture(),
                        spec.embeddingOptimizer(),
                        spec.denseOptimizer(),
                        spec.seed() + 1);
        assertThatThrownBy(() -> start(DELTA).requireFit(seeded))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "training cannot start with version 9 of model test: it was trained with"
                                + " other seed: 1, now 2; its weights would be misread. Take a"
                                + " version of the same features, architecture, seed and"
                                + " negative-sampling, or start with none");
        ModelSpec sampled =
                new ModelSpec(
                        spec.name(),
                        new Objective.Click(0.5),
                        spec.features(),
                        spec.architecture(),
                        spec.embeddingOptimizer(),
                        spec.denseOptimizer(),
                        spec.seed());
        assertThatThrownBy(() -> start(DELTA).requireFit(sampled))
                .hasMessageContaining("other objective.negative-sampling: 1, now 0.5;");
        assertThatThrownBy(() -> start(DELTA).requireFit(TestModels.retrieval()))
                .hasMessageContaining("other architecture");
        start(DELTA).requireFit(spec);
    }

    @Test
    void aVersionThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> start(7).requireFit(spec))
                .hasMessageStartingWith("training cannot start with version 7 of model test: ")
                .hasMessageContaining("manifest.json: the file is missing");
    }

    @Test
    void aDamagedVersionStopsTheJob() throws Exception {
        Path part;
        try (var files = Files.list(before.resolve(VersionPaths.folder(spec.name(), BASE)))) {
            part = files.filter(file -> file.toString().endsWith(".rows")).findAny().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(part);
        bytes[bytes.length / 2] ^= 1;
        Files.write(part, bytes);
        assertThatThrownBy(() -> shards(spec, start(DELTA), null).close())
                .hasStackTraceContaining("training cannot start with version 9 of model test: ")
                .hasStackTraceContaining("checksum");
    }

    @Test
    void aVersionWithoutItsParentStopsTheJob() throws Exception {
        Files.delete(before.resolve(VersionPaths.manifest(spec.name(), BASE)));
        assertThatThrownBy(() -> start(DELTA).requireFit(spec))
                .hasMessageContaining("version 9 is a delta to version 5, which has no manifest");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRowThatIsNoneOfTheModelsStopsTheJob(boolean dense) throws Exception {
        rows.clear();
        rows.put(
                dense
                        ? ParameterKey.ofDenseBlock(layout.dense().blocks())
                        : ParameterKey.ofValue(layout.slots(), 100),
                new float[dense ? 1024 : 4]);
        VersionStorage storage = new LocalVersionStorage(before);
        commit(storage, 11, null, write(storage, 11, null));
        assertThatThrownBy(() -> shards(spec, start(11), null).close())
                .hasStackTraceContaining("version 11 of model test")
                .hasStackTraceContaining("weights is none of the model's");
    }

    @Test
    void aCandidateThatStandsForNoValueStopsTheJob() throws Exception {
        VersionStorage storage = new LocalVersionStorage(before);
        String path = VersionPaths.newPart(spec.name(), 11, 0);
        PartInfo part;
        try (RowFileWriter file = RowFileWriter.create(storage, path, 0)) {
            file.addCandidate(ParameterKey.ofRare(1), 2, 900);
            part = file.finish();
        }
        commit(storage, 11, null, part);
        assertThatThrownBy(() -> shards(spec, start(11), null).close())
                .hasStackTraceContaining("version 11 of model test")
                .hasStackTraceContaining("is none of the model's");
    }

    @Test
    void aWeightThatIsNotFiniteStopsTheJob() throws Exception {
        rows.clear();
        rows.put(example(0, 0).keys()[0], new float[] {0, Float.NaN, 0, 0});
        VersionStorage storage = new LocalVersionStorage(before);
        commit(storage, 11, null, write(storage, 11, null));
        assertThatThrownBy(() -> shards(spec, start(11), null).close())
                .hasStackTraceContaining("version 11 of model test")
                .hasStackTraceContaining("weight 1 of row");
    }

    private void add(long key, Random random) {
        float[] weights = new float[layout.width(key)];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = random.nextFloat() - 0.5f;
        }
        rows.put(key, weights);
    }

    private PartInfo write(VersionStorage storage, long version, @Nullable Long tombstone)
            throws IOException {
        String path = VersionPaths.newPart(spec.name(), version, 0);
        try (RowFileWriter file = RowFileWriter.create(storage, path, 0)) {
            List<Long> keys = new ArrayList<>(rows.keySet());
            if (tombstone != null) {
                keys.add(tombstone);
            }
            keys.sort(Long::compareUnsigned);
            for (long key : keys) {
                float[] weights = rows.get(key);
                if (weights == null) {
                    file.addTombstone(key, 7, 900);
                    continue;
                }
                RowBuffer row = new RowBuffer().over(weights, 0, weights.length);
                row.examples = 7;
                row.lastEventTime = 900;
                file.add(key, row, weights.length);
            }
            return file.finish();
        }
    }

    private void commit(VersionStorage storage, long version, @Nullable Long parent, PartInfo part)
            throws IOException {
        new VersionWriter(storage)
                .commit(
                        new Manifest(
                                spec.name(),
                                version,
                                parent,
                                version,
                                Map.of("ratings", Map.of(0, 77L)),
                                0,
                                ModelSpecWriter.hash(spec),
                                ModelSpecWriter.write(spec),
                                List.of(part),
                                parent == null ? 0 : 1,
                                Map.of(),
                                70,
                                0));
    }

    private void read(PartInfo part, Map<Long, long[]> heads) throws IOException {
        VersionStorage storage = new LocalVersionStorage(now);
        try (RowFileReader row = RowFileReader.of(storage.open(part.path()), part.path())) {
            while (row.next()) {
                heads.put(row.key(), new long[] {row.examples(), row.lastEventTime()});
            }
        }
    }

    private Example example(int user, int item) throws InvalidEventException {
        return new FeatureExtractor(spec)
                .extract(
                        "u" + user,
                        "i" + item % ITEMS,
                        Map.of("price", user / 10.0),
                        Map.of(),
                        1000L + user)
                .labelled(3, 1);
    }

    private StartVersion start(long version) {
        return new StartVersion(new VersionDirectory(before.toString()), spec.name(), version);
    }

    private ParameterServer.Settings settings(StartVersion start, int batch) {
        SyncSettings sync =
                new SyncSettings(
                        List.of(new Sync.AtOnce(), new Sync.Once(Long.MAX_VALUE)), Duration.ZERO);
        ParameterServer.Settings settings =
                TestShards.settings(AMPLE, new VersionDirectory(now.toString()), sync, start);
        return new ParameterServer.Settings(
                new TrainerSettings(batch, Duration.ZERO, true, 1, 1, sync),
                1,
                1,
                AMPLE,
                1,
                settings.numbers(),
                settings.directory(),
                start);
    }

    private TestShards shards(
            ModelSpec model, StartVersion start, @Nullable OperatorSubtaskState checkpoint)
            throws Exception {
        return new TestShards(model, settings(start, 1), 2, checkpoint, 2);
    }
}
