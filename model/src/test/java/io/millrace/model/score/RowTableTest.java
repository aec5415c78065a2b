package io.millrace.model.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RowTableTest {

    private static final ParameterLayout LAYOUT =
            new ParameterLayout(PublishedModel.spec("user", "item"));

    private static final AbsentRows ABSENT =
            new AbsentRows(LAYOUT, RowTable.empty(LAYOUT), RowTable.empty(LAYOUT));

    private static final float UNTOUCHED = -77;

    @Test
    void writesTheKeysItKnowsAndMovesTheOthersToTheFront() {
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
        float[] expected = new float[keys.length + 1];
        Arrays.fill(expected, UNTOUCHED);
        List<Long> unknown = new ArrayList<>();
        List<Integer> unknownAt = new ArrayList<>();
        int count = keys.length - 1;
        for (int i = 0; i < count; i++) {
            int at = keys.length - i;
            if (i >= 2 && i % 3 == 0) {
                table.slot(keys[i]).put(keys[i], new float[] {i}, 0);
                expected[at] = i;
            } else if (i >= 2 && i % 3 == 1) {
                table.slot(keys[i]).delete(keys[i]);
                LAYOUT.initialize(keys[i], expected, at);
            } else {
                unknown.add(keys[i]);
                unknownAt.add(at);
            }
        }
        float[] out = new float[expected.length];
        Arrays.fill(out, UNTOUCHED);
        int[] at = new int[keys.length];
        Arrays.setAll(at, i -> keys.length - i);

        int left = table.writeKnown(keys, at, count, ABSENT, out);

        assertThat(out).isEqualTo(expected);
        assertThat(Arrays.copyOf(keys, left)).containsExactly(unknown.toArray(Long[]::new));
        assertThat(Arrays.copyOf(at, left)).containsExactly(unknownAt.toArray(Integer[]::new));
    }
}
