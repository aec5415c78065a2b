package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PreparedRatingsTest {

    private static final Workload WORKLOAD = new Workload(2600, 1.05, false, 7);

    @TempDir Path directory;

    /** In JSON they differ in length. */
    @ParameterizedTest
    @EnumSource(EventFormat.class)
    void repeatsTheFirstRatingsOfTheWorkload(EventFormat format) throws IOException {
        EventCodec<Rating> codec = EventCodec.of(Rating.class, format);

        PreparedRatings ratings = PreparedRatings.of(WORKLOAD, 3, format, directory);

        for (int number = 0; number < 7; number++) {
            assertThat(ratings.get(number))
                    .as("rating %d", number)
                    .isEqualTo(codec.encode(WORKLOAD.rating(number % 3)));
        }
    }

    @Test
    void theNumbersOfRatingsAreLargerThanAnInt() throws IOException {
        PreparedRatings ratings = PreparedRatings.of(WORKLOAD, 2, EventFormat.AVRO, directory);

        assertThat(ratings.get((1L << 33) + 1)).isEqualTo(ratings.get(1));
    }
}
