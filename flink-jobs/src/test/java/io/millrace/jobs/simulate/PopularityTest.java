package io.millrace.jobs.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PopularityTest {

    @Test
    void drawsByZipfsLaw() {
        SplittableRandom random = new SplittableRandom(3);
        Popularity popularity = Popularity.zipf(random, 4, 1);

        double[] shares = shares(popularity, random, 4);

        Arrays.sort(shares);
        double whole = 1 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0;
        assertThat(shares[3]).isCloseTo(1 / whole, within(0.01));
        assertThat(shares[2]).isCloseTo(1 / 2.0 / whole, within(0.01));
        assertThat(shares[0]).isCloseTo(1 / 4.0 / whole, within(0.01));
    }

    @Test
    void drawsAmongTheFirst() {
        SplittableRandom random = new SplittableRandom(3);
        Popularity popularity = Popularity.zipf(random, 100, 0);

        double[] shares = shares(popularity, random, 4);

        assertThat(shares).containsExactly(new double[] {0.25, 0.25, 0.25, 0.25}, within(0.01));
    }

    @Test
    void ranksAreDealtAtRandom() {
        double[] one =
                shares(Popularity.zipf(new SplittableRandom(1), 9, 1), new SplittableRandom(2), 9);
        double[] other =
                shares(Popularity.zipf(new SplittableRandom(4), 9, 1), new SplittableRandom(2), 9);

        assertThat(one).isNotEqualTo(other);
    }

    private static double[] shares(Popularity popularity, SplittableRandom random, int among) {
        double[] shares = new double[among];
        for (int i = 0; i < 100_000; i++) {
            shares[popularity.draw(random, among)] += 1e-5;
        }
        return shares;
    }
}
