package io.millrace.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SliceGroupsTest {

    @Test
    void theMostFrequentJudgedValuesComeFirst() {
        List<String> values = new ArrayList<>(List.of("early", "early", "early"));
        for (int value = 1; value <= 12; value++) {
            for (int i = 0; i < value; i++) {
                values.add(value == 5 ? "" : "v" + value);
            }
        }

        SliceGroups groups = groups(false, values, 3);

        assertThat(names(groups))
                .containsExactly(
                        "v12",
                        "v11",
                        "v10",
                        "v9",
                        "v8",
                        "v7",
                        "v6",
                        "(missing)",
                        "v4",
                        "v3",
                        "others");
        assertThat(groups.of(values.indexOf("v12"))).isZero();
        assertThat(groups.of(values.indexOf(""))).isEqualTo(7);
        assertThat(groups.of(values.indexOf("v2"))).isEqualTo(10);
        assertThat(groups.of(values.indexOf("v1"))).isEqualTo(10);
    }

    @Test
    void tenValuesLeaveNoOthers() {
        List<String> values = IntStream.range(0, 10).mapToObj(i -> "v" + i).toList();
        assertThat(names(groups(false, values, 0))).isEqualTo(values);
    }

    @Test
    void countsWhatWasSeenFromTheFirstExampleOn() {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            values.add("a");
        }
        values.add("b");
        values.add("");

        SliceGroups all = groups(true, values, 0);
        assertThat(names(all))
                .containsExactly("first", "2 to 10", "11 to 100", "over 100", "(missing)");
        assertThat(all.of(0)).isZero();
        assertThat(all.of(1)).isEqualTo(1);
        assertThat(all.of(9)).isEqualTo(1);
        assertThat(all.of(10)).isEqualTo(2);
        assertThat(all.of(99)).isEqualTo(2);
        assertThat(all.of(100)).isEqualTo(3);
        assertThat(all.of(101)).isZero();
        assertThat(all.of(102)).isEqualTo(4);

        SliceGroups late = groups(true, values, 100);
        assertThat(names(late)).containsExactly("first", "over 100", "(missing)");
        assertThat(late.of(100)).isEqualTo(1);
        assertThat(late.of(101)).isZero();
        assertThat(late.of(102)).isEqualTo(2);
    }

    private static List<String> names(SliceGroups groups) {
        return IntStream.range(0, groups.count()).mapToObj(groups::name).toList();
    }

    private static SliceGroups groups(boolean bySeen, List<String> values, long judgeFrom) {
        return SliceGroups.of(
                SliceColumns.of("x", bySeen, values),
                Windows.of(
                        LongStream.range(0, values.size()).toArray(),
                        new EvaluationSettings(judgeFrom, Duration.ofMillis(1), 1, 1)));
    }
}
