package io.millrace.jobs.train;

import static io.millrace.model.parameter.FrozenWeights.START;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ServingEpochsTest {

    /** Ten milliseconds each. */
    private final ServingEpochs epochs = new ServingEpochs(new Sync.Every(Duration.ofMillis(10)));

    @Test
    void usageExample() {
        assertThat(epochs.passInto(13)).as("begins there").isFalse();
        assertThat(epochs.passInto(19)).isFalse();
        assertThat(epochs.isPassedInto(20)).isTrue();
        assertThat(epochs.passInto(20)).isTrue();
        assertThat(epochs.newest()).isEqualTo(2);
        assertThat(epochs.isPassedInto(29)).isFalse();

        assertThat(epochs.at(19)).isEqualTo(START);
        assertThat(epochs.at(20)).isEqualTo(2);
    }

    @Test
    void theStartWeightsServeUntilTheFirstSyncIsPassed() {
        assertThat(epochs.at(55)).isEqualTo(START);
        assertThat(epochs.isPassedInto(30)).isFalse();
        assertThat(epochs.passInto(30)).isFalse();
        assertThat(epochs.at(0)).isEqualTo(START);
        assertThat(epochs.at(30)).isEqualTo(START);
        assertThat(epochs.at(55)).isEqualTo(START);
        assertThat(epochs.newest()).isEqualTo(epochs.oldest()).isEqualTo(START);
    }

    @Test
    void severalSyncsPassedAtOnceAreOne() {
        epochs.passInto(13);
        assertThat(epochs.passInto(57)).isTrue();
        assertThat(epochs.newest()).isEqualTo(5);
        assertThat(epochs.at(19)).isEqualTo(START);
        assertThat(epochs.at(20)).isEqualTo(5);
        assertThat(epochs.at(57)).isEqualTo(5);
    }

    @Test
    void aTimeBeyondTheNewestSyncIsServedByThat() {
        epochs.passInto(13);
        epochs.passInto(23);
        assertThat(epochs.at(99)).isEqualTo(2);
    }

    @Test
    void forgetsWhatNoLaterTimeIsServedBy() {
        epochs.passInto(13);
        epochs.passInto(23);
        epochs.passInto(33);
        assertThat(epochs.forgetBefore(19)).isFalse();
        assertThat(epochs.oldest()).isEqualTo(START);
        assertThat(epochs.forgetBefore(20)).isTrue();
        assertThat(epochs.oldest()).isEqualTo(2);
        assertThat(epochs.at(5)).as("the oldest kept").isEqualTo(2);
        assertThat(epochs.at(30)).isEqualTo(3);
        assertThat(epochs.forgetBefore(29)).isFalse();
        assertThat(epochs.forgetBefore(999)).isTrue();
        assertThat(epochs.oldest()).isEqualTo(epochs.newest()).isEqualTo(3);
        assertThat(epochs.forgetBefore(999)).isFalse();
    }

    /** Against a map of the syncs that were passed. */
    @Test
    void servesWithTheLastSyncThatWasPassed() {
        Random random = new Random(2);
        TreeMap<Long, Long> passed = new TreeMap<>();
        passed.put(Long.MIN_VALUE, START);
        long time = 1000;
        for (int step = 0; step < 500; step++) {
            long before = time;
            time += random.nextInt(4) == 0 ? random.nextInt(60) : random.nextInt(3);
            if (epochs.passInto(time)) {
                for (long instant = before / 10 + 1; instant <= time / 10; instant++) {
                    passed.put(instant * 10, time / 10);
                }
            }
            long needed = time - 200;
            epochs.forgetBefore(needed);
            for (int i = 0; i < 20; i++) {
                long asked = needed + random.nextInt(210);
                assertThat(epochs.at(asked)).isEqualTo(passed.floorEntry(asked).getValue());
            }
        }
        assertThat(passed).hasSizeGreaterThan(50);
    }
}
