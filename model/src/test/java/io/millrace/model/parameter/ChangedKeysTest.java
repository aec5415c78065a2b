package io.millrace.model.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChangedKeysTest {

    private final ChangedKeys changes = new ChangedKeys();

    @Test
    void usageExample() {
        assertThat(cut(10, 1, 3)).isEmpty();
        assertThat(cut(11, 2)).containsExactly(1, 3);

        changes.complete(11);
        assertThat(cut(12)).isEmpty();
    }

    @Test
    void whatChangedAfterACutOutlivesItsCompletion() {
        cut(1, 1, 2);
        cut(2, 1);
        changes.complete(1);

        assertThat(cut(3)).containsExactly(1);
    }

    @Test
    void keepsEachKeyOnce() {
        cut(1, 1, 2);
        assertThat(cut(2, 2, 3)).containsExactly(1);
        assertThat(cut(3, 3)).containsExactly(1, 2);
        changes.complete(2);
        assertThat(cut(4)).containsExactly(3);
    }

    @Test
    void aCompletionOfWhatWasNeverCutForgetsNothing() {
        cut(1, 1);
        changes.complete(2);

        assertThat(cut(3)).containsExactly(1);
    }

    @Test
    void aCompletionThatComesAgainOrTooLateChangesNothing() {
        cut(1, 1);
        cut(2, 2);
        changes.complete(2);
        cut(3, 3);
        changes.complete(1);
        changes.complete(2);

        assertThat(cut(4)).containsExactly(3);
    }

    @Test
    void refusesCheckpointsOutOfOrder() {
        cut(5);

        assertThatThrownBy(() -> cut(5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Checkpoint 5 cannot be cut after checkpoint 5");
        assertThatThrownBy(() -> cut(4)).isInstanceOf(IllegalArgumentException.class);
    }

    private long[] cut(long checkpointId, long... keys) {
        return changes.cut(checkpointId, keys).toLongArray();
    }
}
