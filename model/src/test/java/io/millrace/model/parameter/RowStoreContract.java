package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every row store has to do; a store's test extends this. */
public abstract class RowStoreContract {

    /** An empty store for rows of 8 floats in slot 1 and of 3 floats in slot 2. */
    protected abstract RowStore emptyStore() throws Exception;

    @Test
    void usageExample() throws Exception {
        RowStore store = emptyStore();
        long key = ParameterKey.ofValue(1, 4711);

        store.write(key, row(8, 1f, 5, 1000));

        RowBuffer back = new RowBuffer().over(new float[8], 0, 8);
        assertThat(store.read(key, back)).isTrue();
        assertSame(back, row(8, 1f, 5, 1000));
    }

    @Test
    void aRowThatWasNeverWrittenIsNotThere() throws Exception {
        RowStore store = emptyStore();
        store.write(ParameterKey.ofValue(1, 100), row(8, 1f, 1, 1));

        RowBuffer into = new RowBuffer().over(new float[8], 0, 8);
        assertThat(store.read(ParameterKey.ofValue(1, 101), into)).isFalse();
        assertThat(store.read(ParameterKey.ofMissing(1), into)).isFalse();
    }

    @Test
    void theLastWriteWins() throws Exception {
        RowStore store = emptyStore();
        long key = ParameterKey.ofMissing(1);
        store.write(key, row(8, 1f, 1, 2000));
        store.write(key, row(8, 2f, 2, 1000));

        RowBuffer back = new RowBuffer().over(new float[8], 0, 8);
        assertThat(store.read(key, back)).isTrue();
        assertSame(back, row(8, 2f, 2, 1000));
    }

    @Test
    void aWrittenRowIsACopy() throws Exception {
        RowStore store = emptyStore();
        long key = ParameterKey.ofValue(1, 50);
        RowBuffer row = row(8, 1f, 1, 1);
        store.write(key, row);
        Arrays.fill(row.values, -1f);
        row.examples = -1;

        RowBuffer back = new RowBuffer().over(new float[8], 0, 8);
        store.read(key, back);
        Arrays.fill(back.values, -2f);
        store.read(key, back);
        assertSame(back, row(8, 1f, 1, 1));
    }

    @Test
    void readsAndWritesPiecesOfALargerArray() throws Exception {
        RowStore store = emptyStore();
        long key = ParameterKey.ofValue(2, 60);
        float[] slab = {9, 9, 1, 2, 3, 9, 9};
        RowBuffer row = new RowBuffer().over(slab, 2, 3);
        row.examples = 3;
        row.lastEventTime = -5;
        store.write(key, row);

        float[] other = new float[6];
        RowBuffer back = new RowBuffer().over(other, 1, 3);
        assertThat(store.read(key, back)).isTrue();
        assertThat(other).containsExactly(0, 1, 2, 3, 0, 0);
        assertThat(back.examples).isEqualTo(3);
        assertThat(back.lastEventTime).isEqualTo(-5);
        assertThat(back.at).isEqualTo(1);
        assertThat(back.size).isEqualTo(3);
    }

    @Test
    void keepsManyRowsApart() throws Exception {
        RowStore store = emptyStore();
        Random random = new Random(3);
        Map<Long, Float> expected = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            long key = ParameterKey.ofValue(1 + i % 2, random.nextInt(500));
            float fill = random.nextFloat();
            store.write(key, row(i % 2 == 0 ? 8 : 3, fill, i, i));
            expected.put(key, fill);
        }
        expected.forEach(
                (key, fill) -> {
                    int size = ParameterKey.slot(key) == 1 ? 8 : 3;
                    RowBuffer back = new RowBuffer().over(new float[size], 0, size);
                    assertThat(store.read(key, back)).isTrue();
                    assertThat(back.values).containsOnly(fill);
                });
    }

    @Test
    void aCandidateIsReadWithItsHeader() throws Exception {
        RowStore store = emptyStore();
        long key = ParameterKey.ofValue(1, 50);
        RowBuffer candidate = row(8, 1f, 2, 2000);
        candidate.candidate = true;
        store.write(key, candidate);

        RowBuffer back = new RowBuffer().over(new float[8], 0, 8);
        assertThat(store.read(key, back)).isTrue();
        assertThat(back.candidate).isTrue();
        assertThat(back.examples).isEqualTo(2);
        assertThat(back.lastEventTime).isEqualTo(2000);

        store.write(key, row(8, 3f, 3, 3000));
        assertThat(store.read(key, back)).isTrue();
        assertThat(back.candidate).isFalse();
        assertSame(back, row(8, 3f, 3, 3000));
        store.write(key, candidate);
        assertThat(store.read(key, back)).isTrue();
        assertThat(back.candidate).isTrue();
    }

    @Test
    void aRemovedRowIsNotThere() throws Exception {
        RowStore store = emptyStore();
        long key = ParameterKey.ofValue(1, 50);
        store.write(key, row(8, 1f, 1, 1));
        store.write(ParameterKey.ofValue(1, 51), row(8, 1f, 1, 1));

        store.remove(key);
        store.remove(ParameterKey.ofValue(1, 52));

        RowBuffer back = new RowBuffer().over(new float[8], 0, 8);
        assertThat(store.read(key, back)).isFalse();
        assertThat(store.read(ParameterKey.ofValue(1, 51), back)).isTrue();
    }

    private static RowBuffer row(int size, float fill, long examples, long lastEventTime) {
        float[] values = new float[size];
        Arrays.fill(values, fill);
        RowBuffer row = new RowBuffer().over(values, 0, size);
        row.examples = examples;
        row.lastEventTime = lastEventTime;
        return row;
    }

    private static void assertSame(RowBuffer actual, RowBuffer expected) {
        assertThat(actual.values).isEqualTo(expected.values);
        assertThat(actual.examples).isEqualTo(expected.examples);
        assertThat(actual.lastEventTime).isEqualTo(expected.lastEventTime);
    }
}
