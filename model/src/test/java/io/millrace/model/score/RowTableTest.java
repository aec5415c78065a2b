package io.millrace.model.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RowTableTest {

    private static final ParameterLayout LAYOUT =
            new ParameterLayout(PublishedModel.spec("user", "item"));

    @Test
    void findsAllAsItFindsEach() {
        RowTable table = RowTable.empty(LAYOUT);
        long[] keys =
                LongStream.concat(
                                LongStream.of(
                                        ParameterKey.ofDenseBlock(0),
                                        ParameterKey.ofDenseBlock(1),
                                        ParameterKey.ofMissing(1),
                                        ParameterKey.ofMissing(2)),
                                LongStream.range(0, 600)
                                        .map(i -> ParameterKey.ofValue(1 + (int) i % 2, 100 + i)))
                        .toArray();
        for (int i = 2; i < keys.length; i++) {
            switch (i % 3) {
                case 0 -> table.slot(keys[i]).put(keys[i], new float[] {i}, 0);
                case 1 -> table.slot(keys[i]).delete(keys[i]);
                default -> {}
            }
        }

        int[] rows = new int[keys.length];
        Arrays.fill(rows, 77);
        table.findAll(keys, rows);

        for (int i = 0; i < keys.length; i++) {
            assertThat(rows[i]).as("key %x", keys[i]).isEqualTo(table.slot(keys[i]).find(keys[i]));
        }
        assertThat(rows).startsWith(SlotTable.ABSENT, SlotTable.ABSENT);
        assertThat(rows).contains(SlotTable.DELETED, 0, 1, 2);
    }
}
