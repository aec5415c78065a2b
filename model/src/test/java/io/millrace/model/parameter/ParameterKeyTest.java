package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ParameterKeyTest {

    @Test
    void usageExample() {
        long key = ParameterKey.ofValue(3, 0x1234_5678_9abcL);

        assertThat(ParameterKey.slot(key)).isEqualTo(3);
        assertThat(ParameterKey.hash(key)).isEqualTo(0x1234_5678_9abcL);
    }

    @Test
    void everySlotAndHashComeBack() {
        Random random = new Random(1);
        long mask = (1L << ParameterKey.HASH_BITS) - 1;
        for (int slot = 0; slot < ParameterKey.MAX_SLOTS; slot++) {
            long hash = random.nextLong();
            long key = ParameterKey.ofValue(slot, hash);
            assertThat(ParameterKey.slot(key)).isEqualTo(slot);
            assertThat(ParameterKey.hash(key)).isEqualTo(hash & mask);
        }
    }

    @Test
    void noValueTakesAReservedHash() {
        for (long hash = 0; hash < ParameterKey.FIRST_VALUE_HASH; hash++) {
            assertThat(ParameterKey.hash(ParameterKey.ofValue(1, hash)))
                    .isGreaterThanOrEqualTo(ParameterKey.FIRST_VALUE_HASH);
        }
        assertThat(ParameterKey.ofValue(1, 0)).isNotEqualTo(ParameterKey.ofMissing(1));
    }

    @Test
    void missingValuesOfTwoSlotsDiffer() {
        assertThat(ParameterKey.ofMissing(1)).isNotEqualTo(ParameterKey.ofMissing(2));
        assertThat(ParameterKey.slot(ParameterKey.ofMissing(2))).isEqualTo(2);
        assertThat(ParameterKey.hash(ParameterKey.ofMissing(2)))
                .isEqualTo(ParameterKey.MISSING_HASH);
    }

    @Test
    void denseBlocksAreInSlotZero() {
        assertThat(ParameterKey.slot(ParameterKey.ofDenseBlock(7)))
                .isEqualTo(ParameterKey.DENSE_SLOT);
        assertThat(ParameterKey.hash(ParameterKey.ofDenseBlock(7))).isEqualTo(7);
    }

    @Test
    void refusesSlotsOutsideTheRange() {
        assertThatThrownBy(() -> ParameterKey.ofMissing(ParameterKey.MAX_SLOTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1024");
        assertThatThrownBy(() -> ParameterKey.ofMissing(-1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
