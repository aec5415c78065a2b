package io.millrace.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyncTest {

    private static final long HOUR = 3_600_000;

    @Test
    void aSyncBeginsAnEpoch() {
        Sync.Lagging hourly = new Sync.Every(Duration.ofHours(1));
        assertThat(hourly.epoch(5 * HOUR - 1)).isEqualTo(4);
        assertThat(hourly.epoch(5 * HOUR)).isEqualTo(5);
        assertThat(hourly.epoch(6 * HOUR - 1)).isEqualTo(5);
        assertThat(hourly.epoch(-1)).isEqualTo(-1);
    }

    @Test
    void onceHasTwoEpochs() {
        Sync.Lagging once = new Sync.Once(100);
        assertThat(once.epoch(Long.MIN_VALUE)).isEqualTo(once.epoch(99)).isZero();
        assertThat(once.epoch(Long.MAX_VALUE)).isEqualTo(once.epoch(100)).isEqualTo(1);
    }

    @Test
    void anIntervalIsAMillisecondOrLonger() {
        assertThat(new Sync.Every(Duration.ofMillis(1)).epoch(7)).isEqualTo(7);
        assertThatThrownBy(() -> new Sync.Every(Duration.ofNanos(999_999)))
                .hasMessageContaining("PT0.000999999S; expected 1 ms or longer, or Sync.AtOnce");
    }

    @Test
    void laggingOnesAreThoseThatNeedFrozenWeights() {
        Sync.Lagging hourly = new Sync.Every(Duration.ofHours(1));
        Sync.Lagging never = new Sync.Once(0);
        assertThat(settings(hourly, new Sync.AtOnce(), never).lagging())
                .containsExactly(hourly, never);
        assertThat(SyncSettings.AT_ONCE.lagging()).isEmpty();
    }

    @Test
    void thereIsASyncAndNoNegativeWait() {
        assertThatThrownBy(SyncTest::settings).hasMessageContaining("no sync is given");
        assertThatThrownBy(
                        () -> new SyncSettings(List.of(new Sync.AtOnce()), Duration.ofMillis(-1)))
                .hasMessageContaining("labelWait is PT-0.001S");
    }

    private static SyncSettings settings(Sync... syncs) {
        return new SyncSettings(List.of(syncs), Duration.ZERO);
    }
}
