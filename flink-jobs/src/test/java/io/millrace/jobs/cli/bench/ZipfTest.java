package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZipfTest {

    private static final int DRAWS = 1_000_000;

    /** Skew 0 is the uniform distribution. */
    @ParameterizedTest
    @CsvSource({"1, 1.05", "10, 0", "10, 0.5", "10, 1.05", "50, 2"})
    void drawsRanksAsOftenAsTheLawSays(int ranks, double skew) {
        Zipf zipf = new Zipf(ranks, skew);
        SplittableRandom random = new SplittableRandom(1);
        int[] drawn = new int[ranks];
        for (int i = 0; i < DRAWS; i++) {
            drawn[zipf.draw(random)]++;
        }

        double sum = 0;
        for (int rank = 1; rank <= ranks; rank++) {
            sum += Math.pow(rank, -skew);
        }
        for (int rank = 1; rank <= ranks; rank++) {
            double probability = Math.pow(rank, -skew) / sum;
            double sigma = Math.sqrt(DRAWS * probability * (1 - probability));
            assertThat((double) drawn[rank - 1])
                    .as("rank %d", rank)
                    .isBetween(DRAWS * probability - 4 * sigma, DRAWS * probability + 4 * sigma);
        }
    }
}
