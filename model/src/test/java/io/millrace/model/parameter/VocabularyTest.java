package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.Vocabulary;
import io.millrace.model.version.RowFileWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A table whose vocabularies are not open, against a plain restatement: a map and a clock. */
class VocabularyTest {

    /** By slot, from 1. */
    private static final List<Vocabulary> VOCABULARIES =
            List.of(
                    new Vocabulary(3, Duration.ofMillis(100)),
                    new Vocabulary(2, null),
                    new Vocabulary(0, Duration.ofMillis(60)),
                    new Vocabulary(1, Duration.ofMillis(250)),
                    Vocabulary.OPEN);

    private static final int WIDTH = 2;
    private static final long AMPLE = 10_000_000;

    private final ParameterLayout layout = layout();

    @Test
    void usageExample() {
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), AMPLE);
        long value = ParameterKey.ofValue(1, 100);
        long[] keys = {value, ParameterKey.ofUnseen(1), ParameterKey.ofRare(1)};

        assertThat(standing(table, keys, 1000)).isEqualTo(Standing.UNSEEN);
        push(table, keys, new int[] {-2, 2, 0}, 1000);
        assertThat(standing(table, keys, 1010)).isEqualTo(Standing.RARE);
        push(table, keys, new int[] {-1, 0, 1}, 1010);
        assertThat(standing(table, keys, 1020)).isEqualTo(Standing.OWN);
        assertThat(table.admitted()).isZero();
        push(table, keys, new int[] {1, 0, 0}, 1020);

        RowBuffer row = new RowBuffer();
        assertThat(table.read(value, row)).isTrue();
        assertThat(row.examples).isEqualTo(4);
        assertThat(row.candidate).isFalse();
        assertThat(table.read(keys[1], row)).isTrue();
        assertThat(row.examples).isEqualTo(2);
        assertThat(table.candidates()).isEqualTo(1);
        assertThat(table.admitted()).isEqualTo(1);

        table.advance(1120);
        table.removeExpired();
        assertThat(table.read(value, row)).as("to the millisecond").isTrue();
        assertThat(standing(table, keys, 1121)).isEqualTo(Standing.UNSEEN);
        assertThat(table.read(value, row)).isFalse();
        assertThat(table.read(keys[1], row)).as("shared rows stay").isTrue();
        assertThat(table.expired()).isEqualTo(1);
    }

    @Test
    void aRowThatHasWeightsKeepsThemWhateverIsNowAskedForAdmission() {
        MemoryRowStore store = new MemoryRowStore();
        long open = ParameterKey.ofValue(1, 100);
        RowBuffer row = new RowBuffer().over(new float[WIDTH], 0, WIDTH);
        row.examples = 1;
        store.write(open, row);
        ParameterTable table = new ParameterTable(layout, store, AMPLE);

        long[] keys = {open, ParameterKey.ofUnseen(1), ParameterKey.ofRare(1)};
        assertThat(standing(table, keys, 0)).isEqualTo(Standing.OWN);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "3, 200", "4, 400", "5, 1000", "6, 3000", "7, 10000", "8, 100000"})
    void agreesWithAPlainRestatement(long seed, long extraBytes) throws IOException {
        long cacheBytes = ParameterTable.cacheBytes(layout, 0) + extraBytes;
        Random random = new Random(seed);
        Plain plain = new Plain();
        MemoryRowStore store = new MemoryRowStore();
        MemoryExpiryIndex index = new MemoryExpiryIndex();
        ParameterTable table = new ParameterTable(layout, store, index, cacheBytes, 400);
        long time = 1000;
        long checkpoint = 0;
        for (int step = 0; step < 1500; step++) {
            time += random.nextInt(8);
            List<Batch> inFlight = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                long late = random.nextInt(5) == 0 ? random.nextInt(150) : 0;
                Batch batch = Batch.random(random, time - late, step);
                batch.pull(table);
                plain.pull(batch, layout);
                inFlight.add(batch);
            }
            for (Batch batch : inFlight) {
                batch.push(table);
                plain.push(batch, layout);
            }
            if (random.nextInt(4) == 0) {
                table.writeResting(random.nextDouble());
            }
            if (random.nextInt(12) > 0) {
                continue;
            }
            table.removeExpired();
            plain.removeExpired();
            RowCopies copies = new RowCopies();
            long[] others = table.cut(++checkpoint, copies);
            assertThat(part(table, copies, others)).isEqualTo(plain.part());
            if (random.nextBoolean()) {
                table.complete(checkpoint);
                plain.changed.clear();
                if (random.nextBoolean()) {
                    restore(copies, store);
                    long clock = table.clock();
                    table = new ParameterTable(layout, store, index, cacheBytes, 400);
                    table.advance(clock);
                }
            }
        }
        assertThat(index.size()).as("entries of the index").isLessThan(20 * plain.rows.size());
    }

    @Test
    void whatStaysIsWhatIsAlive() {
        MemoryRowStore store = new MemoryRowStore();
        MemoryExpiryIndex index = new MemoryExpiryIndex();
        ParameterTable table =
                new ParameterTable(
                        layout, store, index, ParameterTable.cacheBytes(layout, 0) + 5000);
        for (int step = 0; step < 20_000; step++) {
            long[] key = {ParameterKey.ofValue(3, 1000 + step)};
            standing(table, key, step);
            push(table, key, new int[] {1}, step);
            if (step % 100 == 99) {
                table.removeExpired();
                table.cut(step, new RowCopies());
                table.complete(step);
                assertThat(store.size()).isLessThanOrEqualTo(61);
                assertThat(index.size()).isLessThanOrEqualTo(61);
            }
        }
        assertThat(table.expired()).isEqualTo(20_000 - 61);
    }

    private static void restore(RowCopies copies, MemoryRowStore store) {
        RowBuffer row = new RowBuffer();
        for (int i = 0; i < copies.size(); i++) {
            if (copies.isUnwritten(i)) {
                copies.show(i, row);
                store.write(copies.key(i), row);
            }
        }
    }

    private byte[] part(ParameterTable table, RowCopies copies, long[] others) throws IOException {
        TreeMap<Long, Integer> byKey = new TreeMap<>(Long::compareUnsigned);
        for (int copy : copies.changedByKey()) {
            assertThat(byKey.put(copies.key(copy), copy)).isNull();
        }
        for (long key : others) {
            assertThat(byKey.put(key, -1)).isNull();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RowBuffer row = new RowBuffer();
        try (RowFileWriter file = new RowFileWriter(bytes, "part", 0)) {
            for (Map.Entry<Long, Integer> entry : byKey.entrySet()) {
                int copy = entry.getValue();
                if (copy >= 0 && !copies.isTombstone(copy)) {
                    copies.show(copy, row);
                    file.add(entry.getKey(), row, layout.width(entry.getKey()));
                } else if (copy < 0 && table.read(entry.getKey(), row)) {
                    file.add(entry.getKey(), row, layout.width(entry.getKey()));
                } else {
                    file.addTombstone(entry.getKey(), 0, 0);
                }
            }
            var unused = file.finish();
        }
        return bytes.toByteArray();
    }

    private static byte standing(ParameterTable table, long[] keys, long time) {
        table.advance(time);
        int[] places = table.pull(keys, 0, keys.length, new float[WIDTH * keys.length], 0);
        byte[] standings = new byte[keys.length];
        table.standings(keys, 0, keys.length, places, standings, 0);
        return standings[0];
    }

    private static void push(ParameterTable table, long[] keys, int[] examples, long time) {
        float[] gradients = new float[WIDTH * keys.length];
        Arrays.fill(gradients, 1);
        table.push(keys, 0, keys.length, examples, gradients, 0, time, null);
    }

    private static ParameterLayout layout() {
        List<FeatureSpec> features = new ArrayList<>();
        for (Vocabulary vocabulary : VOCABULARIES) {
            String name = "f" + features.size();
            features.add(new FeatureSpec.Categorical(name, name, WIDTH, vocabulary));
        }
        Sgd sgd = new Sgd(0.5);
        return Layouts.of(List.of(TensorSpec.matrix("w", 1, 1)), sgd, sgd, 1L, features);
    }

    private static Vocabulary vocabulary(long key) {
        return VOCABULARIES.get(ParameterKey.slot(key) - 1);
    }

    /** A micro-batch on its way, and what a trainer would make of the answer. */
    private static final class Batch {

        final long time;
        final long[] keys;
        final int[] values;
        final float[] gradients;
        final byte[] standings;
        final float[] weights;
        int[] examples = new int[0];
        int[] places = new int[0];

        private Batch(long time, long[] keys, int[] values, float[] gradients) {
            this.time = time;
            this.keys = keys;
            this.values = values;
            this.gradients = gradients;
            standings = new byte[keys.length];
            weights = new float[WIDTH * keys.length];
        }

        static Batch random(Random random, long time, int step) {
            TreeSet<Long> some = new TreeSet<>();
            for (int i = 0; i < 12; i++) {
                int slot = 1 + random.nextInt(VOCABULARIES.size());
                // What is current drifts, so that values come, stay for a while, and go.
                int value = step / 10 + (int) Math.abs(random.nextGaussian() * 10);
                some.add(
                        random.nextInt(30) == 0
                                ? ParameterKey.ofMissing(slot)
                                : ParameterKey.ofValue(slot, 100 + value));
            }
            for (int slot = 1; slot <= VOCABULARIES.size(); slot++) {
                if (VOCABULARIES.get(slot - 1).minCount() > 0) {
                    some.add(ParameterKey.ofUnseen(slot));
                    some.add(ParameterKey.ofRare(slot));
                }
            }
            long[] keys = some.stream().mapToLong(Long::longValue).toArray();
            int[] values = new int[keys.length];
            float[] gradients = new float[WIDTH * keys.length];
            for (int i = 0; i < keys.length; i++) {
                values[i] = 1 + random.nextInt(2);
                gradients[WIDTH * i] = random.nextFloat();
                gradients[WIDTH * i + 1] = random.nextFloat();
            }
            return new Batch(time, keys, values, gradients);
        }

        void pull(ParameterTable table) {
            table.advance(time);
            places = table.pull(keys, 0, keys.length, weights, 0);
            table.standings(keys, 0, keys.length, places, standings, 0);
            examples = new int[keys.length];
            for (int i = 0; i < keys.length; i++) {
                int slot = ParameterKey.slot(keys[i]);
                boolean isShared =
                        keys[i] == ParameterKey.ofUnseen(slot)
                                || keys[i] == ParameterKey.ofRare(slot);
                if (!isShared) {
                    examples[i] = standings[i] == Standing.OWN ? values[i] : -values[i];
                }
            }
            for (int i = 0; i < keys.length; i++) {
                if (standings[i] != Standing.OWN) {
                    int slot = ParameterKey.slot(keys[i]);
                    long shared =
                            standings[i] == Standing.UNSEEN
                                    ? ParameterKey.ofUnseen(slot)
                                    : ParameterKey.ofRare(slot);
                    examples[Arrays.binarySearch(keys, shared)] += values[i];
                }
            }
        }

        void push(ParameterTable table) {
            table.push(keys, 0, keys.length, examples, gradients, 0, time, places);
        }
    }

    /** Every value with its count, its time and, once it is admitted, its weights. */
    private static final class Plain {

        final Map<Long, Row> rows = new HashMap<>();
        final TreeSet<Long> changed = new TreeSet<>(Long::compareUnsigned);
        long clock = Long.MIN_VALUE;

        void pull(Batch batch, ParameterLayout layout) {
            clock = Math.max(clock, batch.time);
            for (int i = 0; i < batch.keys.length; i++) {
                long key = batch.keys[i];
                if (isExpired(key)) {
                    rows.remove(key);
                    changed.add(key);
                }
                Row row = rows.get(key);
                float[] expected = new float[WIDTH];
                layout.initialize(key, expected, 0);
                if (row != null && row.weights != null) {
                    expected = row.weights;
                }
                assertThat(Arrays.copyOfRange(batch.weights, WIDTH * i, WIDTH * (i + 1)))
                        .isEqualTo(expected);
                assertThat(batch.standings[i]).isEqualTo(standing(key, row));
            }
        }

        private static byte standing(long key, @Nullable Row row) {
            int least = vocabulary(key).minCount();
            if (!ParameterKey.isValue(key) || least == 0) {
                return Standing.OWN;
            }
            if (row == null) {
                return Standing.UNSEEN;
            }
            return row.weights != null || row.count >= least ? Standing.OWN : Standing.RARE;
        }

        void push(Batch batch, ParameterLayout layout) {
            for (int i = 0; i < batch.keys.length; i++) {
                long key = batch.keys[i];
                int examples = batch.examples[i];
                if (examples == 0) {
                    continue;
                }
                Row row = rows.computeIfAbsent(key, any -> new Row());
                row.count += Math.abs(examples);
                row.time = Math.max(row.time, batch.time);
                if (examples > 0) {
                    if (row.weights == null) {
                        row.weights = new float[WIDTH];
                        layout.initialize(key, row.weights, 0);
                    }
                    for (int d = 0; d < WIDTH; d++) {
                        row.weights[d] -= 0.5f * batch.gradients[WIDTH * i + d];
                    }
                }
                changed.add(key);
            }
        }

        void removeExpired() {
            rows.keySet().stream().filter(this::isExpired).forEach(changed::add);
            rows.keySet().removeIf(this::isExpired);
        }

        private boolean isExpired(long key) {
            Row row = rows.get(key);
            Duration ttl =
                    ParameterKey.slot(key) == 0 || !ParameterKey.isValue(key)
                            ? null
                            : vocabulary(key).ttl();
            return row != null && ttl != null && row.time + ttl.toMillis() < clock;
        }

        byte[] part() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (RowFileWriter file = new RowFileWriter(bytes, "part", 0)) {
                for (long key : changed) {
                    Row row = rows.get(key);
                    if (row == null) {
                        file.addTombstone(key, 0, 0);
                    } else if (row.weights == null) {
                        file.addCandidate(key, row.count, row.time);
                    } else {
                        RowBuffer buffer = new RowBuffer().over(row.weights, 0, WIDTH);
                        buffer.examples = row.count;
                        buffer.lastEventTime = row.time;
                        file.add(key, buffer, WIDTH);
                    }
                }
                var unused = file.finish();
            }
            return bytes.toByteArray();
        }
    }

    private static final class Row {
        long count;
        long time = Long.MIN_VALUE;
        float @Nullable [] weights;
    }
}
