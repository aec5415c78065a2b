package io.millrace.model.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.feature.FeatureSpec.CategoricalList;
import io.millrace.model.feature.FeatureSpec.Numeric;
import io.millrace.model.feature.FeatureSpec.Pooling;
import io.millrace.model.feature.Vocabulary;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.learn.MicroBatchBuilder;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.AdaGrad;
import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.RowCopies;
import io.millrace.model.version.Compaction;
import io.millrace.model.version.DamagedVersionException;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileReader;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.RowMerge;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import io.millrace.model.version.VersionWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scorer makes of values that are missing, unseen, rare or known: what training does. */
class VocabularyScoringTest {

    private static final String NAME = "vocabulary";
    private static final int BATCH = 8;
    private static final Duration TTL = Duration.ofMillis(200);
    private static final Vocabulary USERS = new Vocabulary(3, TTL);
    private static final Vocabulary TAGS = new Vocabulary(2, null);

    @TempDir Path folder;

    private final Random random = new Random(5);
    private VersionStorage storage;
    private ModelSpec spec = spec(USERS);
    private ParameterLayout layout = new ParameterLayout(spec);
    private ParameterTable table;
    private MicroBatchBuilder batches;
    private long time = 1000;

    @BeforeEach
    void setUp() {
        storage = new LocalVersionStorage(folder);
        table = table(spec, new MemoryRowStore());
        batches = new MicroBatchBuilder(layout, 1, key -> 0);
    }

    @Test
    void aVersionScoresAsTrainingPredictsWithIt() throws IOException {
        try (Learner learner = new Learner(spec, Device.cpu());
                Scorer scorer = scorer()) {
            int[] kinds = new int[3];
            for (long version = 1; version <= 20; version++) {
                for (int step = 0; step < 10; step++) {
                    learn(learner, examples(BATCH));
                }
                publish(version, version == 1 ? null : version - 1);
                if (version % 6 == 0) {
                    assertThat(new Compaction(storage, NAME).compact(version)).isTrue();
                }
                load(scorer, version);
                List<Example> probes = examples(50);
                float[] expected = predict(learner, probes, kinds);
                assertThat(scorer.score(probes).scores()).isEqualTo(expected);
                try (Scorer fresh = scorer()) {
                    load(fresh, version);
                    assertThat(fresh.score(probes).scores()).isEqualTo(expected);
                }
            }
            assertThat(kinds).as("own, unseen and rare").doesNotContain(0);
            assertThat(table.expired()).isGreaterThan(100);
        }
    }

    @Test
    void theFourKindsOfValuesHaveFourRows() throws IOException {
        Draft draft = new Draft();
        draft.row(ParameterKey.ofMissing(1), 1);
        draft.row(ParameterKey.ofUnseen(1), 2);
        draft.row(ParameterKey.ofRare(1), 3);
        draft.row(ParameterKey.ofValue(1, 100), 4);
        draft.candidate(ParameterKey.ofValue(1, 101), 2);
        draft.candidate(ParameterKey.ofValue(1, 102), 3);
        ServingTable served = draft.table();

        assertThat(weight(served, ParameterKey.ofMissing(1))).isEqualTo(1);
        assertThat(weight(served, ParameterKey.ofValue(1, 999))).isEqualTo(2);
        assertThat(weight(served, ParameterKey.ofValue(1, 101))).isEqualTo(3);
        assertThat(weight(served, ParameterKey.ofValue(1, 100))).isEqualTo(4);
        long admitted = ParameterKey.ofValue(1, 102);
        assertThat(weight(served, admitted)).as("nothing learned yet").isEqualTo(initial(admitted));
        long open = ParameterKey.ofValue(3, 999);
        assertThat(weight(served, open)).isEqualTo(initial(open));
        long missing = ParameterKey.ofMissing(2);
        assertThat(weight(served, missing)).isEqualTo(initial(missing));
    }

    @Test
    void whatStandsForNoValueIsNoCandidate() {
        long moments = (long) layout.momentsSlot(0) << ParameterKey.HASH_BITS;
        for (long key : new long[] {ParameterKey.ofRare(1), moments, moments + 100}) {
            storage = new LocalVersionStorage(folder.resolve(Long.toHexString(key)));
            Draft draft = new Draft();
            draft.candidate(key, 2);
            assertThatThrownBy(draft::table)
                    .isInstanceOf(DamagedVersionException.class)
                    .hasMessageContaining("row " + Long.toHexString(key) + " is a candidate");
        }
    }

    @Test
    void aChangedVocabularyIsAppliedToAllRowsOfTheChain() throws IOException {
        MemoryRowStore rows = new MemoryRowStore();
        table = table(spec, rows);
        try (Learner learner = new Learner(spec, Device.cpu());
                Scorer scorer = scorer()) {
            learn(learner, examples(BATCH));
            publish(1, null);
            load(scorer, 1);
            // Rows that were counted once are candidates no more, though this version lacks them.
            spec = spec(new Vocabulary(1, TTL));
            layout = new ParameterLayout(spec);
            publish(2, 1L);
            load(scorer, 2);
            List<Example> probes = new ArrayList<>();
            for (int user = 0; user < 40; user++) {
                probes.add(example((int) (time / 20) + user, 1, 1, 0));
            }
            try (Scorer fresh = scorer()) {
                load(fresh, 2);
                assertThat(scorer.score(probes).scores()).isEqualTo(fresh.score(probes).scores());
            }
            load(scorer, 1);
            float[] before = scorer.score(probes).scores();
            load(scorer, 2);
            assertThat(scorer.score(probes).scores()).isNotEqualTo(before);
        }
    }

    @Test
    void theTableOfAScorerHoldsWhatIsAlive() throws IOException {
        try (Learner learner = new Learner(spec, Device.cpu())) {
            ServingTableBuilder builder = new ServingTableBuilder(storage);
            VersionCatalog catalog = new VersionCatalog(storage, NAME);
            ServingTable served = null;
            int seen = 0;
            for (long version = 1; version <= 60; version++) {
                for (int step = 0; step < 25; step++) {
                    List<Example> examples = new ArrayList<>();
                    for (int i = 0; i < 2 * BATCH; i++) {
                        // Twice each, in two batches, and never again.
                        examples.add(example(1000 + (seen + i) / 2 * 7, 1, 1, 0));
                    }
                    seen += BATCH;
                    time += 4;
                    learn(learner, examples);
                }
                Manifest before = version == 1 ? null : catalog.manifest(version - 1);
                publish(version, version == 1 ? null : version - 1);
                served =
                        served == null
                                ? builder.read(catalog.chain(version), layout)
                                : builder.readOnto(
                                                served,
                                                catalog.chainFrom(before, version).orElseThrow())
                                        .folded();
            }
            new Compaction(storage, NAME).compact(60);
            long alive = 0;
            try (RowMerge rows = new RowMerge(storage, catalog.chain(60))) {
                for (RowFileReader row = rows.next(); row != null; row = rows.next()) {
                    assertThat(row.tombstone()).isFalse();
                    alive += ParameterKey.slot(row.key()) == 1 ? 1 : 0;
                }
            }
            int values = seen / 2;
            assertThat(alive).isBetween(100L, values / 10L);
            assertThat(served.base().size() + served.overlay().size()).isLessThan(values / 2L);
        }
    }

    private static ParameterTable table(ModelSpec spec, MemoryRowStore rows) {
        ParameterLayout layout = new ParameterLayout(spec);
        return new ParameterTable(layout, rows, ParameterTable.cacheBytes(layout, 60));
    }

    private Scorer scorer() {
        return new Scorer(storage, NAME, Device.cpu());
    }

    private static void load(Scorer scorer, long version) {
        assertThat(scorer.load(version)).isInstanceOf(LoadOutcome.Loaded.class);
    }

    private void learn(Learner learner, List<Example> examples) {
        MicroBatch batch = batches.build(examples);
        float[] weights = new float[batch.weightCount()];
        byte[] standings = new byte[batch.keys().length];
        table.advance(batch.maxEventTime());
        int[] places = pull(batch, weights, standings);
        MicroBatch resolved = batch.resolve(standings, weights);
        float[] gradients = new float[weights.length];
        learner.learn(resolved, weights, gradients);
        resolved.writeMoments(gradients);
        long[] keys = batch.keys();
        int[] counts = resolved.examplesByKey();
        table.push(keys, 0, keys.length, counts, gradients, 0, batch.maxEventTime(), places);
    }

    private float[] predict(Learner learner, List<Example> examples, int[] kinds) {
        MicroBatch batch = batches.build(examples);
        float[] weights = new float[batch.weightCount()];
        byte[] standings = new byte[batch.keys().length];
        pull(batch, weights, standings);
        for (byte standing : standings) {
            kinds[standing]++;
        }
        return learner.predict(batch.resolve(standings, weights), weights);
    }

    private int[] pull(MicroBatch batch, float[] weights, byte[] standings) {
        long[] keys = batch.keys();
        int[] places = table.pull(keys, 0, keys.length, weights, 0);
        table.standings(keys, 0, keys.length, places, standings, 0);
        return places;
    }

    /** What is current drifts. */
    private List<Example> examples(int count) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int user = (int) (time / 20) + random.nextInt(40);
            examples.add(example(user, random.nextInt(60), random.nextInt(9), random.nextInt(8)));
        }
        time += count == BATCH ? 10 : 0;
        return examples;
    }

    private Example example(int user, int tag, int item, int kind) {
        long userKey = kind == 7 ? ParameterKey.ofMissing(1) : ParameterKey.ofValue(1, 100 + user);
        long[] keys = {
            userKey,
            ParameterKey.ofValue(2, 100 + tag * tag),
            ParameterKey.ofValue(2, 100 + tag),
            ParameterKey.ofValue(3, 100 + item)
        };
        float number = kind == 6 ? Float.NaN : 50 + 10 * (float) random.nextGaussian();
        float label = user % 2;
        return new Example(keys, new int[] {1, 3, 4}, new float[] {number}, label, 1, time);
    }

    private void publish(long version, @Nullable Long parent) throws IOException {
        table.removeExpired();
        RowCopies copies = new RowCopies();
        assertThat(table.cut(version, copies)).isEmpty();
        table.complete(version);
        String path = VersionPaths.newPart(NAME, version, 0);
        RowBuffer row = new RowBuffer();
        PartInfo part;
        try (RowFileWriter file = RowFileWriter.create(storage, path, 0)) {
            for (int copy : copies.changedByKey()) {
                if (copies.isTombstone(copy)) {
                    file.addTombstone(copies.key(copy), 0, 0);
                } else {
                    copies.show(copy, row);
                    file.add(copies.key(copy), row, layout.width(copies.key(copy)));
                }
            }
            part = file.finish();
        }
        new VersionWriter(storage)
                .commit(
                        new Manifest(
                                NAME,
                                version,
                                parent,
                                version,
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

    private float weight(ServingTable served, long key) {
        float[] one = new float[layout.width(key)];
        served.write(key, one, 0);
        float[] all = new float[layout.width(key)];
        served.writeAll(new long[] {key}, new int[] {0}, 1, all);
        assertThat(all).isEqualTo(one);
        return one[0];
    }

    private float initial(long key) {
        float[] weights = new float[layout.width(key)];
        layout.initialize(key, weights, 0);
        return weights[0];
    }

    private static ModelSpec spec(Vocabulary users) {
        return new ModelSpec(
                NAME,
                new Objective.Click(),
                List.of(
                        new Categorical("user", "user", 3, users),
                        new CategoricalList("tags", "tags", 2, Pooling.MEAN, 10, TAGS),
                        new Categorical("item", "item", 2),
                        new Numeric("price", "price", false, -1e9, 1e9, 0, 1, true)),
                new DcnV2(1, 0, List.of(4), DcnV2.Structure.STACKED),
                new AdaGrad(0.1, 0, 1e-8),
                new AdaGrad(0.1, 0, 1e-8),
                5);
    }

    /** A version of rows each of whose weights are the same. */
    private final class Draft {

        private final TreeMap<Long, Integer> rows = new TreeMap<>(Long::compareUnsigned);

        void row(long key, int weight) {
            rows.put(key, weight);
        }

        void candidate(long key, int examples) {
            rows.put(key, -examples);
        }

        ServingTable table() throws IOException {
            String path = VersionPaths.newPart(NAME, 1, 0);
            PartInfo part;
            try (RowFileWriter file = RowFileWriter.create(storage, path, 0)) {
                for (Map.Entry<Long, Integer> row : rows.entrySet()) {
                    int value = row.getValue();
                    if (value < 0) {
                        file.addCandidate(row.getKey(), -value, 1);
                    } else {
                        float[] weights = {value, value, value};
                        RowBuffer buffer = new RowBuffer().over(weights, 0, 3);
                        file.add(row.getKey(), buffer, layout.width(row.getKey()));
                    }
                }
                part = file.finish();
            }
            Manifest manifest =
                    new Manifest(
                            NAME,
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
                            0);
            new VersionWriter(storage).commit(manifest);
            return new ServingTableBuilder(storage)
                    .read(new VersionCatalog(storage, NAME).chain(1), layout);
        }
    }
}
