package io.millrace.model.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NegativeSampleTest {

    private static final List<String> IDS =
            IntStream.range(0, 200_000).mapToObj(i -> "impression-" + i).toList();

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 0.5, 0.9})
    void holdsTheRate(double rate) {
        double share = IDS.stream().filter(new NegativeSample(rate)::contains).count() / 200_000d;

        assertThat(share).isCloseTo(rate, within(4 * Math.sqrt(rate * (1 - rate) / 200_000)));
    }

    @Test
    void aHigherRateOnlyAdds() {
        NegativeSample small = new NegativeSample(0.1);
        NegativeSample large = new NegativeSample(0.2);

        assertThat(IDS.stream().filter(small::contains)).allMatch(large::contains);
        assertThat(IDS).allMatch(new NegativeSample(1)::contains);
    }

    /**
     * Another program has to find the same: MurmurHash3 x64 128, here as its authors publish it.
     */
    @Test
    void isTheSameEverywhere() {
        // The first half of the hash of "foo" is e271865701f54561, and 0x0.e27186 is 0.884545.
        assertThat(new NegativeSample(0.8845).contains("foo")).isFalse();
        assertThat(new NegativeSample(0.8846).contains("foo")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN})
    void anObjectiveRefusesWhatIsNoShare(double rate) {
        assertThatThrownBy(() -> new Objective.Click(rate))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected more than 0 and at most 1");
    }
}
