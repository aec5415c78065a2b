package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.Vocabulary;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which row stood for a value at a moment past, and its weights then. */
class FrozenVocabularyTest {

    private static final int WIDTH = 2;
    private static final long TTL = 12;

    private static final ParameterLayout LAYOUT =
            Layouts.of(
                    List.of(TensorSpec.matrix("w", 1, 1)),
                    new Sgd(0.5),
                    new Sgd(0.5),
                    1,
                    List.<FeatureSpec>of(
                            categorical("both", new Vocabulary(2, Duration.ofMillis(TTL))),
                            categorical("counted", new Vocabulary(2, null)),
                            categorical("expires", new Vocabulary(0, Duration.ofMillis(TTL))),
                            categorical("open", Vocabulary.OPEN)));

    private static final long[] KEYS =
            IntStream.rangeClosed(1, 4)
                    .boxed()
                    .flatMapToLong(
                            slot ->
                                    LongStream.range(100, 112)
                                            .map(value -> ParameterKey.ofValue(slot, value)))
                    .toArray();

    @ParameterizedTest
    @ValueSource(longs = {0, 500, 100_000})
    void aMomentIsAsItWas(long extraBytes) {
        long cacheBytes = ParameterTable.cacheBytes(LAYOUT, 0) + extraBytes;
        ParameterTable table = new ParameterTable(LAYOUT, new MemoryRowStore(), cacheBytes);
        FrozenWeights frozen = new FrozenWeights(LAYOUT, 1);
        table.saveTo(frozen);
        Random random = new Random(6);
        Map<Long, Past> moments = new TreeMap<>();
        int[] kinds = new int[3];
        long time = 1000;
        for (int step = 0; step < 2000; step++) {
            time += random.nextInt(3);
            long[] keys =
                    random.ints(6, 0, KEYS.length).distinct().mapToLong(i -> KEYS[i]).toArray();
            table.advance(time);
            int[] places = table.pull(keys, 0, keys.length, new float[WIDTH * keys.length], 0);
            byte[] standings = new byte[keys.length];
            table.standings(keys, 0, keys.length, places, standings, 0);
            float[] gradients = new float[WIDTH * keys.length];
            Arrays.fill(gradients, random.nextFloat());
            int[] examples = new int[keys.length];
            Arrays.setAll(examples, i -> standings[i] == Standing.OWN ? 1 : -1);
            table.push(keys, 0, keys.length, examples, gradients, 0, time, places);
            if (random.nextInt(50) == 0) {
                table.removeExpired();
            }
            if (random.nextInt(30) == 0) {
                long oldest = Math.max(0, step - 300);
                frozen.freeze(0, step, oldest, table.clock());
                moments.put((long) step, Past.of(table));
                moments.keySet().removeIf(moment -> moment < oldest);
            }
            if (random.nextInt(20) == 0) {
                moments.forEach((moment, past) -> assertIsAsItWas(table, frozen, moment, past));
            }
            for (byte standing : standings) {
                kinds[standing]++;
            }
        }
        assertThat(kinds).doesNotContain(0);
        assertThat(table.expired()).isGreaterThan(100);
    }

    private static void assertIsAsItWas(
            ParameterTable table, FrozenWeights frozen, long moment, Past past) {
        float[] live = new float[WIDTH * KEYS.length];
        table.pull(KEYS, 0, KEYS.length, live, 0);
        float[] weights = new float[live.length];
        byte[] standings = new byte[KEYS.length];
        frozen.read(0, moment, KEYS, live, weights, 0);
        frozen.readVocabulary(0, moment, KEYS, table, weights, 0, standings, 0);
        assertThat(standings).isEqualTo(past.standings);
        assertThat(weights).isEqualTo(past.weights);
    }

    private static FeatureSpec categorical(String name, Vocabulary vocabulary) {
        return new FeatureSpec.Categorical(name, name, WIDTH, vocabulary);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    private record Past(byte[] standings, float[] weights) {

        static Past of(ParameterTable table) {
            byte[] standings = new byte[KEYS.length];
            float[] weights = new float[WIDTH * KEYS.length];
            RowBuffer row = new RowBuffer();
            for (int i = 0; i < KEYS.length; i++) {
                Vocabulary vocabulary = LAYOUT.of(KEYS[i]).vocabulary();
                boolean isThere = table.read(KEYS[i], row);
                if (vocabulary.ttl() != null) {
                    isThere &= row.lastEventTime + TTL >= table.clock();
                }
                LAYOUT.initialize(KEYS[i], weights, WIDTH * i);
                if (isThere && !row.candidate) {
                    System.arraycopy(row.values, row.at, weights, WIDTH * i, WIDTH);
                }
                if (vocabulary.minCount() > 0 && !isThere) {
                    standings[i] = Standing.UNSEEN;
                } else if (vocabulary.minCount() > 0 && row.candidate && row.examples < 2) {
                    standings[i] = Standing.RARE;
                }
            }
            return new Past(standings, weights);
        }
    }
}
