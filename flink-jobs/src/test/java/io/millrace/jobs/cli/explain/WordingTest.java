package io.millrace.jobs.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordingTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1.00",
        "0.123456, 0.123",
        "123456, 123000",
        "12.3456, 12.3",
        "0.00001234, 1.23e-05",
        "12345678, 1.23e+07",
        "0.9999, 1.00"
    })
    void numbersHaveThreeDigits(double value, String text) {
        assertThat(Wording.number(value)).isEqualTo(text);
    }
}
