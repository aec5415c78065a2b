package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowCacheTest {

    @Test
    void usageExample() {
        Recording store = new Recording();
        RowCache cache = new RowCache(2, 1, store, (key, row) -> {});

        assertThat(cache.find(7)).isEqualTo(RowCache.NOT_CACHED);
        int place = cache.load(7);
        assertThat(cache.exists(place)).isFalse();
        cache.array(place)[cache.offset(place)] = 1.5f;
        cache.array(place)[cache.offset(place) + 1] = 2.5f;
        cache.updated(place, 3, 1000);
        cache.load(8);

        assertThat(store.writes).containsExactly(7L);
        RowBuffer back = new RowBuffer().over(new float[2], 0, 2);
        assertThat(store.read(7, back)).isTrue();
        assertThat(back.values).containsExactly(1.5f, 2.5f);
        assertThat(back.examples).isEqualTo(3);
        assertThat(back.lastEventTime).isEqualTo(1000);
    }

    @Test
    void writesOnlyDirtyRows() {
        Recording store = new Recording();
        RowCache cache = new RowCache(1, 2, store, (key, row) -> {});
        cache.updated(cache.load(1), 1, 0);
        cache.load(2);

        cache.write(cache.find(1));
        cache.load(3);
        cache.load(4);

        assertThat(store.writes).containsExactly(1L);
        assertThat(cache.evictions()).isEqualTo(2);
    }

    @Test
    void sparesWhatWasReferencedOnce() {
        RowCache cache = new RowCache(1, 3, new Recording(), (key, row) -> {});
        cache.load(1);
        cache.load(2);
        cache.load(3);
        cache.reference(cache.find(1));

        cache.load(4);
        assertThat(cached(cache, 1, 2, 3, 4)).containsExactly(1L, 3L, 4L);
        cache.load(5);
        assertThat(cached(cache, 1, 3, 4, 5)).containsExactly(1L, 4L, 5L);
        cache.load(6);
        assertThat(cached(cache, 1, 4, 5, 6)).containsExactly(4L, 5L, 6L);
    }

    @Test
    void findsAnUnreferencedRowWhenAllWereReferenced() {
        RowCache cache = new RowCache(1, 3, new Recording(), (key, row) -> {});
        for (long key = 1; key <= 3; key++) {
            cache.reference(cache.load(key));
        }

        cache.load(4);

        assertThat(cached(cache, 1, 2, 3, 4)).containsExactly(2L, 3L, 4L);
    }

    @Test
    void countsAndTimesOnlyGrow() {
        RowCache cache = new RowCache(1, 1, new Recording(), (key, row) -> {});
        int place = cache.load(1);
        cache.updated(place, 2, -50);
        RowBuffer row = new RowBuffer().over(new float[1], 0, 1);
        cache.show(place, row);
        assertThat(row.lastEventTime).isEqualTo(-50);

        cache.updated(place, 3, 70);
        cache.updated(place, 4, 60);
        cache.show(place, row);
        assertThat(row.examples).isEqualTo(9);
        assertThat(row.lastEventTime).isEqualTo(70);
    }

    @Test
    void aCutCopiesWhatChangedOrIsDirtyAndForgetsWhatChanged() {
        RowCache cache = new RowCache(1, 100, new Recording(), (key, row) -> {});
        int written = cache.load(1);
        int dirty = cache.load(2);
        cache.load(3);
        cache.updated(written, 1, 0);
        cache.updated(dirty, 1, 0);
        cache.write(written);
        assertThat(cut(cache)).containsExactly("1 changed", "2 dirty changed");
        assertThat(cut(cache)).containsExactly("2 dirty");

        cache.setChanged(cache.find(3));
        LongArrayList changed = new LongArrayList();
        cache.changedKeys(changed);
        assertThat(changed.toLongArray()).containsExactly(3L);
        assertThat(cut(cache)).containsExactly("2 dirty", "3 changed");
    }

    @Test
    void tellsWhichChangedRowsLeaveIt() {
        List<Long> left = new ArrayList<>();
        RowCache cache =
                new RowCache(
                        1,
                        1,
                        new Recording(),
                        (key, row) -> {
                            assertThat(row.examples).isEqualTo(key);
                            left.add(key);
                        });
        cache.updated(cache.load(1), 1, 0);
        cache.write(0);
        cache.load(2);
        assertThat(left).containsExactly(1L);
        cache.updated(cache.load(3), 1, 0);
        cut(cache);
        cache.load(4);
        assertThat(left).as("3 was cut before it left").containsExactly(1L);
    }

    @Test
    void anEvictedRowIsLoadedUnchangedCleanAndAtRest() {
        Recording store = new Recording();
        RowCache cache = new RowCache(1, 1, store, (key, row) -> {});
        cache.updated(cache.load(1), 1, 0);
        cache.updated(cache.load(2), 1, 0);
        assertThat(store.writes).containsExactly(1L);
        int place = cache.load(1);

        assertThat(cut(cache)).isEmpty();
        cache.writeResting(1);
        assertThat(store.writes).containsExactly(1L, 2L);
        cache.updated(place, 1, 0);
        assertThat(cut(cache)).containsExactly("1 dirty changed");
    }

    @Test
    void knowsWhetherAKeyIsStillAtItsPlace() {
        RowCache cache = new RowCache(1, 2, new Recording(), (key, row) -> {});
        assertThat(cache.isAt(0, 0)).as("nothing is cached yet").isFalse();
        int place = cache.load(1);
        assertThat(cache.isAt(place, 1)).isTrue();
        assertThat(cache.isAt(place, 2)).isFalse();
        assertThat(cache.isAt(RowCache.NOT_CACHED, 1)).isFalse();
        assertThat(cache.isAt(1, 0)).as("a place that was never used").isFalse();
        assertThat(cache.isAt(1000, 1)).isFalse();

        cache.load(2);
        cache.load(3);
        assertThat(cache.isAt(place, 1)).isFalse();
        assertThat(cache.isAt(place, 3)).isTrue();
    }

    @Test
    void showsARowWhereItLies() {
        RowCache cache = new RowCache(3, 5, new Recording(), (key, row) -> {});
        cache.load(1);
        int place = cache.load(2);
        cache.array(place)[cache.offset(place) + 2] = 1.5f;
        cache.updated(place, 7, 99);

        RowBuffer row = new RowBuffer();
        cache.show(place, row);

        assertThat(row.values).isSameAs(cache.array(place));
        assertThat(row.at).isEqualTo(3);
        assertThat(row.size).isEqualTo(3);
        assertThat(row.values[row.at + 2]).isEqualTo(1.5f);
        assertThat(row.examples).isEqualTo(7);
        assertThat(row.lastEventTime).isEqualTo(99);
    }

    @Test
    void writesWhatWasNotUpdatedSinceTheHandCameBy() {
        Recording store = new Recording();
        RowCache cache = new RowCache(1, 10, store, (key, row) -> {});
        int resting = cache.load(1);
        int hot = cache.load(2);
        cache.load(3);
        cache.updated(resting, 1, 0);
        cache.updated(hot, 1, 0);

        cache.writeResting(3);
        assertThat(store.writes).as("all were updated lately").isEmpty();
        cache.updated(hot, 1, 0);
        cache.writeResting(3);
        assertThat(store.writes).containsExactly(1L);
        cache.writeResting(3);
        assertThat(store.writes).containsExactly(1L, 2L);
        cache.writeResting(3);
        assertThat(store.writes).as("each once").containsExactly(1L, 2L);
        RowCopies dirty = new RowCopies();
        cache.copyDirty(dirty);
        assertThat(dirty.size()).isZero();
    }

    @Test
    void theWritingHandGoesOnWhereItStoppedAndRound() {
        Recording store = new Recording();
        RowCache cache = new RowCache(1, 10, store, (key, row) -> {});
        cache.writeResting(5);
        for (long key = 0; key < 4; key++) {
            cache.updated(cache.load(key), 1, 0);
        }

        cache.writeResting(3);
        cache.writeResting(3);
        assertThat(store.writes).as("places 3, 0 and 1").containsExactly(0L, 1L);
        cache.updated(cache.load(4), 1, 0);
        cache.writeResting(3);
        assertThat(store.writes).as("places 2, 3 and the new 4").containsExactly(0L, 1L, 2L, 3L);
        cache.updated(cache.find(0), 1, 0);
        cache.writeResting(1000);
        assertThat(store.writes)
                .as("once round, however many places were asked for")
                .containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    /** Rows large enough for several slab chunks, the last one partly used. */
    @Test
    void keepsRowsApartAcrossChunksWhileItGrows() {
        int size = 3000;
        int rows = 200;
        RowCache cache = new RowCache(size, rows, new Recording(), (key, row) -> {});
        for (int key = 0; key < rows; key++) {
            int place = cache.load(key);
            cache.array(place)[cache.offset(place)] = key;
            cache.array(place)[cache.offset(place) + size - 1] = -key;
        }
        for (int key = 0; key < rows; key++) {
            int place = cache.find(key);
            assertThat(cache.array(place)[cache.offset(place)]).isEqualTo(key);
            assertThat(cache.array(place)[cache.offset(place) + size - 1]).isEqualTo(-key);
        }
        assertThat(cache.size()).isEqualTo(rows);
        // Chunks of 64 rows; the last is as small as what is left.
        assertThat(cache.array(cache.find(0))).hasSize(64 * size);
        assertThat(cache.array(cache.find(rows - 1))).hasSize(rows % 64 * size);
    }

    /** Removal by shifting back must leave every other key findable, whatever the clusters. */
    @Test
    void findsExactlyWhatIsCachedThroughManyEvictions() {
        for (int capacity : new int[] {1, 2, 3, 7, 64, 65, 130}) {
            Random random = new Random(capacity);
            RowCache cache = new RowCache(1, capacity, new Recording(), (key, row) -> {});
            long[] keyOfPlace = new long[capacity];
            for (int step = 0; step < 5000; step++) {
                long key = 1L + random.nextInt(3 * capacity);
                int place = cache.find(key);
                if (place == RowCache.NOT_CACHED) {
                    place = cache.load(key);
                    keyOfPlace[place] = key;
                } else if (random.nextBoolean()) {
                    cache.reference(place);
                }
                assertThat(keyOfPlace[place]).isEqualTo(key);
                if (step % 50 == 0) {
                    for (int other = 0; other < cache.size(); other++) {
                        assertThat(cache.find(keyOfPlace[other])).isEqualTo(other);
                    }
                }
            }
            assertThat(cache.size()).isEqualTo(capacity);
        }
    }

    @Test
    void refusesToHoldNothing() {
        assertThatThrownBy(() -> new RowCache(1, 0, new Recording(), (key, row) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("given 0");
    }

    private static List<String> cut(RowCache cache) {
        RowCopies copies = new RowCopies();
        cache.cut(copies);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < copies.size(); i++) {
            rows.add(
                    copies.key(i)
                            + (copies.isUnwritten(i) ? " dirty" : "")
                            + (copies.isChanged(i) ? " changed" : ""));
        }
        return rows;
    }

    private static List<Long> cached(RowCache cache, long... keys) {
        List<Long> cached = new ArrayList<>();
        for (long key : keys) {
            if (cache.find(key) != RowCache.NOT_CACHED) {
                cached.add(key);
            }
        }
        return cached;
    }

    /** A store that remembers the order of its writes. */
    private static final class Recording implements RowStore {

        final List<Long> writes = new ArrayList<>();
        private final MemoryRowStore rows = new MemoryRowStore();

        @Override
        public boolean read(long key, RowBuffer row) {
            return rows.read(key, row);
        }

        @Override
        public void write(long key, RowBuffer row) {
            writes.add(key);
            rows.write(key, row);
        }

        @Override
        public void remove(long key) {
            rows.remove(key);
        }
    }
}
