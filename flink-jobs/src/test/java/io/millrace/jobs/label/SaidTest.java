package io.millrace.jobs.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SaidTest {

    /** State holds them. */
    @ParameterizedTest
    @CsvSource({
        "0, NOTHING",
        "1, LATE_CLICK_WAITS",
        "2, NEGATIVE",
        "3, UNSAMPLED",
        "4, SHOWN",
        "5, POSITIVE"
    })
    void codesStayTheSame(byte code, Said said) {
        assertThat(said.code()).isEqualTo(code);
        assertThat(Said.of(code)).isEqualTo(said);
    }

    @ParameterizedTest
    @ValueSource(bytes = {-1, 6})
    void aCodeOfAnotherVersionIsNamed(byte code) {
        assertThatThrownBy(() -> Said.of(code))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "state says %d of an impression's label; this version knows 0 to 5", code);
    }

    @Test
    void theWindowGoesOnWhileNoLabelIsOut() {
        assertThat(Said.values())
                .filteredOn(Said::isOpen)
                .containsExactly(Said.NOTHING, Said.LATE_CLICK_WAITS);
    }
}
