package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemoryRowStoreTest extends RowStoreContract {

    @Override
    protected RowStore emptyStore() {
        return new MemoryRowStore();
    }

    @Test
    void keysAscendUnsigned() {
        MemoryRowStore store = new MemoryRowStore();
        RowBuffer row = new RowBuffer().over(new float[1], 0, 1);
        long low = ParameterKey.ofMissing(1);
        long high = ParameterKey.ofMissing(1000);
        store.write(high, row);
        store.write(low, row);

        assertThat(high).isNegative();
        assertThat(store.keys()).containsExactly(low, high);
        assertThat(store.size()).isEqualTo(2);
    }

    @Test
    void refusesToReadARowOfAnotherSize() {
        MemoryRowStore store = new MemoryRowStore();
        store.write(1, new RowBuffer().over(new float[4], 0, 4));

        assertThatThrownBy(() -> store.read(1, new RowBuffer().over(new float[5], 0, 5)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has 4 floats, but 5 were asked for");
    }
}
