package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChangedKeysTest {

    private final ChangedKeys changes = new ChangedKeys();

    @Test
    void usageExample() {
        changes.add(3);
        changes.add(1);
        assertThat(changes.cut(10)).containsExactly(1, 3);

        changes.add(2);
        changes.complete(10);
        assertThat(changes.lastComplete()).isEqualTo(10);
        assertThat(changes.cut(11)).containsExactly(2);
    }

    @Test
    void anAbortedCheckpointMakesTheNextCutLarger() {
        changes.add(1);
        changes.cut(1);
        changes.add(2);

        assertThat(changes.cut(2)).containsExactly(1, 2);
        changes.complete(2);
        assertThat(changes.cut(3)).isEmpty();
    }

    @Test
    void aKeyChangedAgainAfterTheCutStays() {
        changes.add(1);
        changes.add(2);
        changes.cut(1);
        changes.add(1);
        changes.complete(1);

        assertThat(changes.cut(2)).containsExactly(1);
    }

    @Test
    void aKeyChangedAgainBeforeALaterCutStaysWhenTheEarlierCompletesLate() {
        changes.add(1);
        changes.add(2);
        changes.cut(1);
        changes.add(1);
        changes.cut(2);
        changes.complete(1);

        assertThat(changes.cut(3)).containsExactly(1);
        assertThat(changes.lastComplete()).isEqualTo(1);
    }

    @Test
    void aCompletionOfWhatWasNeverCutForgetsNothing() {
        changes.add(1);
        changes.cut(1);
        changes.complete(2);

        assertThat(changes.lastComplete()).isEqualTo(ChangedKeys.NONE);
        assertThat(changes.cut(3)).containsExactly(1);
    }

    @Test
    void aCompletionThatComesAgainOrTooLateChangesNothing() {
        changes.add(1);
        changes.cut(1);
        changes.add(2);
        changes.cut(2);
        changes.complete(2);
        changes.add(3);
        changes.complete(1);
        changes.complete(2);

        assertThat(changes.lastComplete()).isEqualTo(2);
        assertThat(changes.cut(3)).containsExactly(3);
    }

    @Test
    void keysAscendUnsignedAndOnce() {
        changes.add(-1);
        changes.add(5);
        changes.add(0);
        changes.add(Long.MIN_VALUE);
        changes.cut(1);
        changes.add(5);
        changes.add(0);

        assertThat(changes.cut(2)).containsExactly(0, 5, Long.MIN_VALUE, -1);
    }

    @Test
    void refusesCheckpointsOutOfOrder() {
        changes.cut(5);

        assertThatThrownBy(() -> changes.cut(5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Checkpoint 5 cannot be cut after checkpoint 5");
        assertThatThrownBy(() -> changes.cut(4)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Against a map from key to the interval of its last change. */
    @Test
    void agreesWithAPlainModelOverRandomSequences() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            ChangedKeys actual = new ChangedKeys();
            Map<Long, Long> lastChange = new HashMap<>();
            long cut = 0;
            long complete = ChangedKeys.NONE;
            for (int step = 0; step < 500; step++) {
                int choice = random.nextInt(20);
                if (choice == 0) {
                    long upTo = complete;
                    cut++;
                    long[] expected =
                            lastChange.entrySet().stream()
                                    .filter(entry -> entry.getValue() > upTo)
                                    .mapToLong(Map.Entry::getKey)
                                    .sorted()
                                    .toArray();
                    assertThat(actual.size()).isEqualTo(expected.length);
                    assertThat(actual.cut(cut)).containsExactly(expected);
                } else if (choice == 1 && cut > 0) {
                    long completed = 1L + random.nextInt((int) cut);
                    actual.complete(completed);
                    complete = Math.max(complete, completed);
                    assertThat(actual.lastComplete()).isEqualTo(complete);
                } else {
                    long key = random.nextInt(60);
                    actual.add(key);
                    lastChange.put(key, cut + 1);
                }
            }
        }
    }
}
