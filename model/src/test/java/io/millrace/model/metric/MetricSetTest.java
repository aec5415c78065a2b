package io.millrace.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.GoldenBytes;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetricSetTest {

    private static final Objective CLICK = new Objective.Click();
    private static final Objective RATING = new Objective.Rating(1, 5);

    @Test
    void usageExample() {
        MetricSet set = MetricSet.of(RATING);
        set.add(4, 3, 1);
        set.add(2, 2, 1);

        assertThat(set.examples()).isEqualTo(2);
        assertThat(set.values()).containsOnlyKeys("rmse", "mae");
        assertThat(set.values().get("mae")).isEqualTo(0.5);
        assertThat(set.values().get("rmse")).isEqualTo(Math.sqrt(0.5), within(1e-12));
    }

    @Test
    void clicksAreJudgedByFourMetrics() {
        MetricSet set = MetricSet.of(CLICK);
        Scored.clicks(new Random(1), 1000, -1, 1).forEach(scored -> scored.addTo(set));

        assertThat(set.values().keySet())
                .containsExactly("auc", "calibration", "logloss", "normalized_entropy");
    }

    @Test
    void leavesOutWhatIsNotDefined() {
        MetricSet set = MetricSet.of(CLICK);
        assertThat(set.values()).isEmpty();

        set.add(0, 0.1, 1);
        assertThat(set.values()).containsOnlyKeys("logloss");
    }

    @Test
    void mergingIsAddingAll() {
        for (Objective objective : List.of(CLICK, RATING)) {
            List<Scored> examples =
                    objective == CLICK
                            ? Scored.clicks(new Random(2), 1000, -1, 1)
                            : Scored.ratings(new Random(2), 1000);
            MetricSet all = MetricSet.of(objective);
            MetricSet first = MetricSet.of(objective);
            MetricSet second = MetricSet.of(objective);
            examples.forEach(scored -> scored.addTo(all));
            examples.subList(0, 400).forEach(scored -> scored.addTo(first));
            examples.subList(400, 1000).forEach(scored -> scored.addTo(second));

            first.merge(second);

            assertThat(first.examples()).isEqualTo(1000);
            assertThat(first.values().keySet()).isEqualTo(all.values().keySet());
            all.values()
                    .forEach(
                            (name, value) ->
                                    assertThat(first.values().get(name))
                                            .as(name)
                                            .isEqualTo(value, within(1e-12)));
        }
    }

    @Test
    void refusesToMergeClicksWithRatings() {
        MetricSet clicks = MetricSet.of(CLICK);
        assertThatThrownBy(() -> clicks.merge(MetricSet.of(RATING)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be merged");
    }

    @Test
    void formatIsUnchanged() {
        GoldenBytes.assertUnchanged("metric/clicks", smallClicks().toBytes());
        GoldenBytes.assertUnchanged("metric/ratings", smallRatings().toBytes());
    }

    @Test
    void readsCommittedBytes() {
        assertSame(committed("metric/clicks"), smallClicks());
        assertSame(committed("metric/ratings"), smallRatings());
    }

    @Test
    void comesBackFromItsBytes() {
        MetricSet set = MetricSet.of(CLICK);
        Scored.clicks(new Random(5), 5000, -1, 1).forEach(scored -> scored.addTo(set));

        assertSame(MetricSet.fromBytes(set.toBytes()), set);
    }

    @Test
    void refusesOtherFormatsAndWhatIsCutShort() {
        byte[] bytes = smallRatings().toBytes();
        byte[] newer = bytes.clone();
        newer[0] = 2;
        byte[] unknown = bytes.clone();
        unknown[1] = 7;

        assertThatThrownBy(() -> MetricSet.fromBytes(newer))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("format version 2");
        assertThatThrownBy(() -> MetricSet.fromBytes(unknown))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("unknown kind 7");
        assertThatThrownBy(() -> MetricSet.fromBytes(Arrays.copyOf(bytes, bytes.length - 1)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cut short");
    }

    private static MetricSet committed(String name) {
        return MetricSet.fromBytes(GoldenBytes.read(name));
    }

    /** Predictions whose losses need logarithms only of one half, which are the same everywhere. */
    private static MetricSet smallClicks() {
        MetricSet set = MetricSet.of(CLICK);
        set.add(1, 0.5, 1);
        set.add(0, 0.5, 2);
        set.add(0, 0.5, 0.25);
        return set;
    }

    private static MetricSet smallRatings() {
        MetricSet set = MetricSet.of(RATING);
        set.add(4, 3.5, 1);
        set.add(1, 3, 0.5);
        return set;
    }

    private static void assertSame(MetricSet actual, MetricSet expected) {
        assertThat(actual.examples()).isEqualTo(expected.examples());
        assertThat(actual.values()).isEqualTo(expected.values());
    }
}
