package io.millrace.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class WindowsTest {

    @Test
    void areAlignedToTheEpochWhateverTheOrder() {
        Windows windows = of(10, 0, 25, 9, 31, 19, 30, 3, 20);

        assertThat(windows.count()).isEqualTo(4);
        assertThat(windows.start(1)).isEqualTo(10);
        assertThat(windows.end(1)).isEqualTo(20);
        assertThat(LongStream.range(0, 7).map(i -> windows.of((int) i)))
                .containsExactly(2L, 0L, 3L, 1L, 3L, 0L, 2L);
        assertThat(windows.from()).isEqualTo(3);
        assertThat(windows.to()).isEqualTo(31);
    }

    @Test
    void existOnlyWhereThereIsAJudgedExample() {
        Windows windows = of(10, -5, -6, -5, 1000, -60);

        assertThat(windows.count()).isEqualTo(2);
        assertThat(windows.start(0)).isEqualTo(-10);
        assertThat(windows.start(1)).isEqualTo(1000);
        assertThat(windows.of(0)).isEqualTo(-1);
        assertThat(windows.of(1)).isZero();
        assertThat(windows.of(2)).isEqualTo(1);
        assertThat(windows.of(3)).isEqualTo(-1);
    }

    @Test
    void manyShuffledTimesFindTheirWindows() {
        long[] times = new Random(1).longs(100_000, 0, 1_000_000).toArray();
        Windows windows = of(100, 0, times);

        assertThat(windows.count())
                .isEqualTo((int) LongStream.of(times).map(time -> time / 100).distinct().count());
        for (int i = 0; i < times.length; i++) {
            assertThat(times[i])
                    .isGreaterThanOrEqualTo(windows.start(windows.of(i)))
                    .isLessThan(windows.end(windows.of(i)));
        }
    }

    @Test
    void areDrawnTogetherWhereTheyAreMany() {
        Windows few = of(1, 0, LongStream.range(0, 200).toArray());
        assertThat(few.units()).isEqualTo(200);
        assertThat(few.unit(199)).isEqualTo(199);

        Windows many = of(1, 0, LongStream.range(0, 1001).toArray());
        Set<Integer> units = new HashSet<>();
        for (int window = 0; window < many.count(); window++) {
            units.add(many.unit(window));
        }
        assertThat(units).hasSize(many.units());
        assertThat(many.units()).isEqualTo(167);
        assertThat(many.unit(5)).isZero();
        assertThat(many.unit(6)).isEqualTo(1);
    }

    private static Windows of(long length, long judgeFrom, long... times) {
        return Windows.of(
                times, new EvaluationSettings(judgeFrom, Duration.ofMillis(length), 1, 1));
    }
}
