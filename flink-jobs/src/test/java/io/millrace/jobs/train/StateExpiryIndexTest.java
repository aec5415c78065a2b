package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.feature.Vocabulary;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.AdaGrad;
import io.millrace.model.parameter.ExpiryIndex;
import io.millrace.model.parameter.MemoryExpiryIndex;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateExpiryIndexTest {

    private static final int MAX_PARALLELISM = 128;
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofDays(30);

    private final ParameterLayout layout = layout();
    private final KeyedMaps state = new KeyedMaps();

    @ParameterizedTest
    @CsvSource({"1, 1, 50", "2, 1, 100000", "3, 4, 100000", "4, 2, 3000000", "5, 1, 30000000"})
    void takesExactlyWhatIsDue(long seed, int keyGroups, int mostBetween) throws Exception {
        Random random = new Random(seed);
        KeyGroupRange groups = new KeyGroupRange(5, 4 + keyGroups);
        StateExpiryIndex index = index(groups);
        MemoryExpiryIndex plain = new MemoryExpiryIndex();
        long[] keys = keys(random, groups, 1, 6000);
        int added = 0;
        long clock = 1_000_000;
        for (int step = 0; step < 120; step++) {
            for (int i = 0; i < 50; i++) {
                long key = keys[added++];
                long ttl = (ParameterKey.slot(key) == 1 ? SHORT : LONG).toMillis();
                long due = clock + ttl - random.nextInt(1 + (int) Math.min(ttl, 1 << 20));
                index.add(key, due);
                plain.add(key, due);
            }
            clock += random.nextInt(mostBetween);
            assertThat(taken(index, clock)).isEqualTo(taken(plain, clock));
            if (random.nextInt(5) == 0) {
                index.saveClock(clock);
                index = index(groups);
            }
        }
        clock += LONG.toMillis() + 1;
        assertThat(taken(index, clock)).isEqualTo(taken(plain, clock));
        assertThat(state.entries).as("but the clocks").isLessThanOrEqualTo(keyGroups);
    }

    @Test
    void readsAndMovesEachEntryAFewTimesOnly() throws Exception {
        KeyGroupRange groups = new KeyGroupRange(5, 5);
        StateExpiryIndex index = index(groups);
        long[] keys = keys(new Random(1), groups, 2, 20_000);
        long span = LONG.toMillis() / 256;
        long from = 1000 * span;
        for (int i = 0; i < keys.length; i++) {
            index.add(keys[i], from + 1 + i * span / keys.length);
        }
        long before = state.read;
        int taken = 0;
        for (int barrier = 1; barrier <= 500; barrier++) {
            taken += taken(index, from + barrier * span / 500).size();
        }
        assertThat(taken).isBetween(keys.length - 50, keys.length);
        assertThat(state.read - before).isLessThan(5L * keys.length);
    }

    @Test
    void whatMovesKeepsTheEarlierOfTwoTimes() throws Exception {
        KeyGroupRange groups = new KeyGroupRange(5, 5);
        StateExpiryIndex index = index(groups);
        long[] keys = keys(new Random(1), groups, 2, 300);
        long span = LONG.toMillis() / 256;
        long from = 1000 * span;
        long piece = span / 256;
        long end = (from + 10 * piece) / piece * piece;
        for (long key : keys) {
            index.add(key, end - 100);
        }
        assertThat(taken(index, from + 1)).as("split").isEmpty();
        for (long key : keys) {
            index.add(key, end - 50);
        }
        assertThat(taken(index, from + 2)).as("split again").isEmpty();
        assertThat(taken(index, end - 99)).hasSize(keys.length);
    }

    private StateExpiryIndex index(KeyGroupRange groups) throws Exception {
        StateExpiryIndex index =
                new StateExpiryIndex(
                        state, key -> state.current = key, layout, groups, MAX_PARALLELISM);
        index.restore();
        return index;
    }

    private static List<Long> taken(ExpiryIndex index, long clock) {
        LongArrayList keys = new LongArrayList();
        index.take(clock, keys);
        return keys.longStream().sorted().boxed().toList();
    }

    /** Of the slots from this one to 2. */
    private static long[] keys(Random random, KeyGroupRange groups, int slot, int count) {
        long[] keys = new long[count];
        for (int i = 0; i < count; ) {
            long key = ParameterKey.ofValue(random.nextInt(slot, 3), random.nextLong());
            int group =
                    KeyGroupRangeAssignment.computeKeyGroupForKeyHash(
                            Long.hashCode(key), MAX_PARALLELISM);
            if (groups.contains(group)) {
                keys[i++] = key;
            }
        }
        return keys;
    }

    private static ParameterLayout layout() {
        return new ParameterLayout(
                new ModelSpec(
                        "expiry",
                        new Objective.Click(),
                        List.of(
                                new Categorical("user", "user", 2, new Vocabulary(0, SHORT)),
                                new Categorical("item", "item", 2, new Vocabulary(0, LONG))),
                        new DcnV2(1, 0, List.of(4), DcnV2.Structure.STACKED),
                        new AdaGrad(0.1, 0, 1e-8),
                        new AdaGrad(0.1, 0, 1e-8),
                        5));
    }

    /** Flink's keyed maps in plain memory; they count what is read. */
    private static final class KeyedMaps implements MapState<Long, Long> {

        final Map<Long, Map<Long, Long>> maps = new HashMap<>();
        long current;
        long read;
        int entries;

        private Map<Long, Long> map() {
            return maps.computeIfAbsent(current, key -> new HashMap<>());
        }

        @Override
        public @Nullable Long get(Long key) {
            read++;
            return map().get(key);
        }

        @Override
        public void put(Long key, Long value) {
            entries += map().put(key, value) == null ? 1 : 0;
        }

        @Override
        public void putAll(Map<Long, Long> all) {
            all.forEach(this::put);
        }

        @Override
        public void remove(Long key) {
            entries -= map().remove(key) == null ? 0 : 1;
        }

        @Override
        public boolean contains(Long key) {
            return map().containsKey(key);
        }

        @Override
        public Iterable<Map.Entry<Long, Long>> entries() {
            read += map().size();
            return new ArrayList<>(map().entrySet());
        }

        @Override
        public Iterable<Long> keys() {
            return map().keySet();
        }

        @Override
        public Iterable<Long> values() {
            return map().values();
        }

        @Override
        public Iterator<Map.Entry<Long, Long>> iterator() {
            return entries().iterator();
        }

        @Override
        public boolean isEmpty() {
            return map().isEmpty();
        }

        @Override
        public void clear() {
            entries -= map().size();
            map().clear();
        }
    }
}
