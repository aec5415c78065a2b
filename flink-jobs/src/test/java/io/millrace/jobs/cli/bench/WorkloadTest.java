package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.example.Example;
import io.millrace.schemas.Impression;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkloadTest {

    private static final long SEED = 42;
    private static final double SKEW = 1.05;
    private static final int VALUES_OF_FEATURE = 40;
    private static final long VALUES = (long) VALUES_OF_FEATURE * Workload.CATEGORICAL;

    private final Workload filled = new Workload(VALUES, SKEW, true, SEED);
    private final Workload drawn = new Workload(VALUES, SKEW, false, SEED);

    @Test
    void anEventIsAFunctionOfSeedAndNumber() {
        Workload same = new Workload(VALUES, SKEW, false, SEED);
        Workload other = new Workload(VALUES, SKEW, false, SEED + 1);
        int clicks = 0;
        for (long number = 99; number >= 0; number--) {
            assertSame(same.example(number), drawn.example(number));
            assertThat(same.rating(number)).isEqualTo(drawn.rating(number));
            assertThat(same.impression(number)).isEqualTo(drawn.impression(number));
            assertThat(drawn.example(number).numeric())
                    .isNotEqualTo(drawn.example(number + 1).numeric())
                    .isNotEqualTo(other.example(number).numeric());
            clicks += drawn.isClicked(number) ? 1 : 0;
        }
        assertThat(clicks).isBetween(10, 40);
    }

    @Test
    void fillersGoThroughAllValues() {
        assertThat(filled.fillers()).isEqualTo(VALUES_OF_FEATURE);
        assertThat(drawn.fillers()).isZero();
        for (Set<Long> keys : keysOfFeatures(filled, filled.fillers())) {
            assertThat(keys).hasSize(VALUES_OF_FEATURE);
        }
        for (Set<Object> texts : textsOfFeatures(filled, filled.fillers())) {
            assertThat(texts).hasSize(VALUES_OF_FEATURE);
        }
    }

    @Test
    void laterEventsHaveNoOtherValues() {
        long events = 20_000;
        for (Workload workload : List.of(filled, drawn)) {
            for (Set<Long> keys : keysOfFeatures(workload, events)) {
                assertThat(keys).hasSize(VALUES_OF_FEATURE);
            }
        }
        assertThat(filled.rows()).isEqualTo(VALUES);
    }

    /** The features have equally many values. */
    @Test
    void theNumberOfValuesIsRoundedUp() {
        assertThat(new Workload(VALUES - 1, SKEW, true, SEED).rows()).isEqualTo(VALUES);
        assertThat(new Workload(VALUES + 1, SKEW, true, SEED).rows())
                .isEqualTo(VALUES + Workload.CATEGORICAL);
        assertThat(new Workload(Workload.FEWEST_VALUES, SKEW, true, SEED).rows())
                .isEqualTo(Workload.CATEGORICAL);
    }

    private static List<Set<Long>> keysOfFeatures(Workload workload, long events) {
        List<Set<Long>> keys = new ArrayList<>();
        for (int feature = 0; feature < Workload.CATEGORICAL; feature++) {
            keys.add(new HashSet<>());
        }
        for (long number = 0; number < events; number++) {
            long[] ofEvent = workload.example(number).keys();
            for (int feature = 0; feature < Workload.CATEGORICAL; feature++) {
                keys.get(feature).add(ofEvent[feature]);
            }
        }
        return keys;
    }

    private static List<Set<Object>> textsOfFeatures(Workload workload, long events) {
        List<Set<Object>> texts = new ArrayList<>();
        for (int feature = 0; feature < Workload.CATEGORICAL; feature++) {
            texts.add(new HashSet<>());
        }
        for (long number = 0; number < events; number++) {
            Impression impression = workload.impression(number);
            for (int feature = 0; feature < Workload.CATEGORICAL; feature++) {
                texts.get(feature).add(impression.getFeatures().get("c" + feature));
            }
        }
        return texts;
    }

    private static void assertSame(Example actual, Example expected) {
        assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
    }
}
