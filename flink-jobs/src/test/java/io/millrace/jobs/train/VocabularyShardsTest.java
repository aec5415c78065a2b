package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.feature.Vocabulary;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.AdaGrad;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.model.parameter.Standing;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.RowFileReader;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that are counted, admitted and removed by shards, over checkpoints and restores. */
class VocabularyShardsTest {

    private static final long TTL = 1000;
    private static final long LARGE_CACHE = 64 << 20;
    private static final int OPEN = 3;

    @TempDir private Path versions;
    private final Random random = new Random(4);
    private ModelSpec spec = spec(new Vocabulary(3, Duration.ofMillis(TTL)));
    private long batches;

    @Test
    void usageExample() throws Exception {
        long value = ParameterKey.ofValue(1, 100);
        try (TestShards shards = shards(LARGE_CACHE, 1, null, 1)) {
            assertThat(train(shards, 0, value)).isEqualTo(Standing.UNSEEN);
            assertThat(train(shards, 10, value)).isEqualTo(Standing.RARE);
            shards.checkpoint(1);
            assertThat(part(1)).containsEntry(value, new Row(Kind.CANDIDATE, 2, 10));
            train(shards, 20, value);
            assertThat(train(shards, 30, value)).isEqualTo(Standing.OWN);
            shards.checkpoint(2);
            assertThat(part(2)).containsEntry(value, new Row(Kind.ROW, 4, 30));

            train(shards, 30 + TTL, ParameterKey.ofValue(OPEN, 100));
            shards.checkpoint(3);
            assertThat(part(3)).doesNotContainKey(value);
            train(shards, 31 + TTL, ParameterKey.ofValue(OPEN, 100));
            shards.checkpoint(4);
            assertThat(part(4)).containsEntry(value, new Row(Kind.TOMBSTONE, 0, 0));
            assertThat(shards.keysInState()).doesNotContain(value);
            shards.checkpoint(5);
            assertThat(part(5)).doesNotContainKey(value);
            assertThat(train(shards, 32 + TTL, value)).isEqualTo(Standing.UNSEEN);
        }
    }

    @Test
    void aTombstoneIsRepeatedUntilItsVersionIsComplete() throws Exception {
        long value = ParameterKey.ofValue(1, 100);
        try (TestShards shards = shards(LARGE_CACHE, 1, null, 1)) {
            train(shards, 0, value);
            shards.checkpoint(1);
            train(shards, 1 + TTL, ParameterKey.ofValue(OPEN, 100));
            shards.abortedCheckpoint(2);
            shards.checkpoint(3);
            assertThat(part(3)).containsEntry(value, new Row(Kind.TOMBSTONE, 0, 0));
            shards.checkpoint(4);
            assertThat(part(4)).doesNotContainKey(value);
        }
    }

    @Test
    void restoredShardsGoOnFromTheirClock() throws Exception {
        long value = ParameterKey.ofValue(1, 100);
        OperatorSubtaskState checkpoint;
        try (TestShards shards = shards(LARGE_CACHE, 1, null, 1)) {
            train(shards, 5 * TTL, ParameterKey.ofValue(OPEN, 100));
            checkpoint = shards.checkpoint(1);
        }
        try (TestShards shards = shards(LARGE_CACHE, 2, checkpoint, 1)) {
            train(shards, TTL, value);
            shards.checkpoint(2);
            assertThat(part(2)).containsEntry(value, new Row(Kind.TOMBSTONE, 0, 0));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "3, 3000", "1, 10000000", "2, 10000000"})
    void countsAreExactAtEachCut(int parallelism, long extraBytes) throws Exception {
        long cacheBytes = ParameterTable.cacheBytes(new ParameterLayout(spec), 0) + extraBytes;
        Plain plain = new Plain();
        TestShards shards = shards(cacheBytes, parallelism, null, 1);
        try {
            int now = parallelism;
            long time = 1_000_000;
            for (long id = 1; id <= 40; id++) {
                for (int step = 0; step < 15; step++) {
                    time += random.nextInt(40);
                    Batch first = batch(shards, id * 15 + step, time);
                    Batch second = batch(shards, id * 15 + step, time - random.nextInt(300));
                    pull(shards, first, plain);
                    pull(shards, second, plain);
                    push(shards, first, plain);
                    push(shards, second, plain);
                }
                OperatorSubtaskState checkpoint = shards.checkpoint(id);
                assertThat(part(id)).isEqualTo(plain.cut());
                if (random.nextInt(4) == 0) {
                    shards.close();
                    int before = now;
                    now = 1 + random.nextInt(3);
                    shards = shards(cacheBytes, now, checkpoint, before);
                }
                Set<Long> stored = new HashSet<>(shards.keysInState());
                stored.removeAll(plain.rows.keySet());
                assertThat(stored).as("keys in state that have expired").isEmpty();
            }
            assertThat(plain.seen.size()).isGreaterThan((int) (10 * plain.alive(1)));
        } finally {
            shards.close();
        }
    }

    @Test
    void whatIsAskedForAdmissionAndForHowLongMayChangeOnRestore() throws Exception {
        long counted = ParameterKey.ofValue(1, 100);
        long learned = ParameterKey.ofValue(1, 101);
        long other = ParameterKey.ofValue(OPEN, 100);
        OperatorSubtaskState checkpoint;
        spec = spec(new Vocabulary(2, null));
        try (TestShards shards = shards(LARGE_CACHE, 1, null, 1)) {
            train(shards, 10, counted);
            for (int i = 0; i < 3; i++) {
                train(shards, 10 + i, learned);
            }
            checkpoint = shards.checkpoint(1);
        }

        spec = spec(new Vocabulary(5, Duration.ofMillis(TTL)));
        try (TestShards shards = shards(LARGE_CACHE, 2, checkpoint, 1)) {
            assertThat(pull(shards, TTL, learned)).as("it has weights").isEqualTo(Standing.OWN);
            assertThat(pull(shards, TTL, counted)).isEqualTo(Standing.RARE);
            for (long key : shards.assignment().keyOfEachShard()) {
                train(shards, 11 + TTL, ParameterKey.ofValue(OPEN, 16 + key));
            }
            checkpoint = shards.checkpoint(2);
            assertThat(part(2)).containsEntry(counted, new Row(Kind.TOMBSTONE, 0, 0));
            assertThat(part(2)).doesNotContainKey(learned);
        }

        spec = spec(Vocabulary.OPEN);
        try (TestShards shards = shards(LARGE_CACHE, 1, checkpoint, 2)) {
            train(shards, 1_000_000, other);
            checkpoint = shards.checkpoint(3);
            assertThat(shards.keysInState()).contains(learned);
        }

        spec = spec(new Vocabulary(5, Duration.ofMillis(TTL)));
        try (TestShards shards = shards(LARGE_CACHE, 1, checkpoint, 1)) {
            train(shards, 1_000_000, other);
            shards.checkpoint(4);
            assertThat(part(4)).containsEntry(learned, new Row(Kind.TOMBSTONE, 0, 0));
        }
    }

    private TestShards shards(
            long cacheBytes, int parallelism, @Nullable OperatorSubtaskState checkpoint, int from)
            throws Exception {
        return new TestShards(spec, versions, cacheBytes, parallelism, checkpoint, from);
    }

    /** Trains with one value, and says what stood for it. */
    private byte train(TestShards shards, long time, long key) throws Exception {
        Batch batch = new Batch(batches++, time, new TreeMap<>(Map.of(key, 1)));
        Plain plain = new Plain();
        pull(shards, batch, plain);
        push(shards, batch, plain);
        return batch.standings.get(key);
    }

    private byte pull(TestShards shards, long time, long key) throws Exception {
        Batch batch = new Batch(batches++, time, new TreeMap<>(Map.of(key, 1)));
        pull(shards, batch, new Plain());
        return batch.standings.get(key);
    }

    private Batch batch(TestShards shards, long step, long time) {
        TreeMap<Long, Integer> values = new TreeMap<>();
        for (int i = 0; i < 10; i++) {
            int value = (int) (step + Math.abs(random.nextGaussian() * 15));
            values.put(ParameterKey.ofValue(1 + random.nextInt(2), 100 + value), 1);
        }
        // Every shard sees every batch, so that all have the same clock.
        for (int shard = 0; shard < shards.assignment().shards(); shard++) {
            long hash = 100 + random.nextInt(20);
            while (shards.assignment().shardOf(ParameterKey.ofValue(OPEN, hash)) != shard) {
                hash++;
            }
            values.put(ParameterKey.ofValue(OPEN, hash), 1);
        }
        return new Batch(batches++, time, values);
    }

    private void pull(TestShards shards, Batch batch, Plain plain) throws Exception {
        for (long[] own : byShard(shards, batch)) {
            ShardReply reply =
                    shards.process(
                                    new ShardRequest.Pull(
                                            new TrainerId(0, 0),
                                            batch.number,
                                            own,
                                            List.of(),
                                            batch.time))
                            .get(0);
            for (int i = 0; i < own.length; i++) {
                boolean isCounted = reply.standings().length > 0;
                batch.standings.put(own[i], isCounted ? reply.standings()[i] : Standing.OWN);
            }
        }
        plain.pull(batch, spec);
    }

    private void push(TestShards shards, Batch batch, Plain plain) throws Exception {
        ParameterLayout layout = new ParameterLayout(spec);
        for (long[] own : byShard(shards, batch)) {
            int[] examples = new int[own.length];
            int width = 0;
            for (int i = 0; i < own.length; i++) {
                int count = batch.values.getOrDefault(own[i], 0);
                examples[i] = batch.standings.get(own[i]) == Standing.OWN ? count : -count;
                width += layout.width(own[i]);
            }
            shards.process(
                    new ShardRequest.Push(
                            new TrainerId(0, 0),
                            batch.number,
                            own,
                            examples,
                            new float[width],
                            batch.time));
        }
        plain.push(batch);
    }

    /** The batch's keys, and those of shared rows, which are left alone here. */
    private List<long[]> byShard(TestShards shards, Batch batch) {
        TreeSet<Long> keys = new TreeSet<>(batch.values.keySet());
        keys.add(ParameterKey.ofUnseen(1));
        keys.add(ParameterKey.ofRare(1));
        List<long[]> byShard = new ArrayList<>();
        for (int shard = 0; shard < shards.assignment().shards(); shard++) {
            int index = shard;
            long[] own =
                    keys.stream()
                            .mapToLong(Long::longValue)
                            .filter(key -> shards.assignment().shardOf(key) == index)
                            .toArray();
            if (own.length > 0) {
                byShard.add(own);
            }
        }
        return byShard;
    }

    private Map<Long, Row> part(long version) throws IOException {
        VersionStorage storage = new LocalVersionStorage(versions);
        Map<Long, Row> rows = new TreeMap<>();
        for (String path : storage.list(VersionPaths.folder(spec.name(), version))) {
            try (RowFileReader row = RowFileReader.of(storage.open(path), path)) {
                while (row.next()) {
                    Kind kind = row.candidate() ? Kind.CANDIDATE : Kind.ROW;
                    Row read =
                            new Row(
                                    row.tombstone() ? Kind.TOMBSTONE : kind,
                                    row.examples(),
                                    row.lastEventTime());
                    assertThat(rows.put(row.key(), read)).isNull();
                }
            }
        }
        return rows;
    }

    private static ModelSpec spec(Vocabulary users) {
        List<FeatureSpec> features =
                List.of(
                        new Categorical("user", "user", 4, users),
                        new Categorical(
                                "item", "item", 2, new Vocabulary(0, Duration.ofMillis(TTL / 2))),
                        new Categorical("open", "open", 4));
        return new ModelSpec(
                "vocabulary",
                new Objective.Click(),
                features,
                new DcnV2(0, 0, List.of(), DcnV2.Structure.STACKED),
                new AdaGrad(0.1, 0, 1e-8),
                new AdaGrad(0.1, 0, 1e-8),
                5);
    }

    private enum Kind {
        ROW,
        CANDIDATE,
        TOMBSTONE
    }

    private record Row(Kind kind, long examples, long time) {}

    private static final class Batch {

        final long number;
        final long time;
        final TreeMap<Long, Integer> values;
        final Map<Long, Byte> standings = new TreeMap<>();

        Batch(long number, long time, TreeMap<Long, Integer> values) {
            this.number = number;
            this.time = time;
            this.values = values;
        }
    }

    /** All values with their counts and times, and a clock. */
    private static final class Plain {

        final Map<Long, Row> rows = new TreeMap<>();
        final Set<Long> changed = new TreeSet<>();
        final Set<Long> seen = new HashSet<>();
        long clock = Long.MIN_VALUE;

        void pull(Batch batch, ModelSpec spec) {
            clock = Math.max(clock, batch.time);
            for (long key : batch.values.keySet()) {
                if (isExpired(key)) {
                    rows.remove(key);
                    changed.add(key);
                }
                if (seen.isEmpty() || ParameterKey.slot(key) != 1) {
                    continue;
                }
                Row row = rows.get(key);
                boolean isOwn = row != null && (row.kind == Kind.ROW || row.examples >= 3);
                byte other = row == null ? Standing.UNSEEN : Standing.RARE;
                assertThat(batch.standings.get(key)).isEqualTo(isOwn ? Standing.OWN : other);
            }
        }

        void push(Batch batch) {
            batch.values.forEach(
                    (key, count) -> {
                        Row row = rows.getOrDefault(key, new Row(Kind.CANDIDATE, 0, 0));
                        boolean learns = batch.standings.get(key) == Standing.OWN;
                        rows.put(
                                key,
                                new Row(
                                        learns ? Kind.ROW : row.kind,
                                        row.examples + count,
                                        Math.max(row.time, batch.time)));
                        changed.add(key);
                        seen.add(key);
                    });
        }

        Map<Long, Row> cut() {
            List<Long> expired = rows.keySet().stream().filter(this::isExpired).toList();
            changed.addAll(expired);
            rows.keySet().removeAll(expired);
            Map<Long, Row> part = new TreeMap<>();
            for (long key : changed) {
                part.put(key, rows.getOrDefault(key, new Row(Kind.TOMBSTONE, 0, 0)));
            }
            changed.clear();
            return part;
        }

        long alive(int slot) {
            return rows.keySet().stream().filter(key -> ParameterKey.slot(key) == slot).count();
        }

        private boolean isExpired(long key) {
            Row row = rows.get(key);
            long ttl = ParameterKey.slot(key) == 1 ? TTL : TTL / 2;
            return row != null && ParameterKey.slot(key) != OPEN && row.time + ttl < clock;
        }
    }
}
