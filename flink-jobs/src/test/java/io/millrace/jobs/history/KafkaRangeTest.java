package io.millrace.jobs.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaRangeTest {

    @Test
    void usageExample() {
        KafkaRange range = KafkaRange.parse("clicks.v2/11=1200..5000");

        assertThat(range).isEqualTo(new KafkaRange("clicks.v2", 11, 1200, 5000));
        assertThat(range.size()).isEqualTo(3800);
        assertThat(KafkaRange.parse(range.toString())).isEqualTo(range);
    }

    @Test
    void anEmptyRangeIsOne() {
        assertThat(KafkaRange.parse("clicks/0=7..7").size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "clicks",
                "clicks/0",
                "clicks/0=1",
                "clicks/0=1..",
                "clicks/0=..5",
                "clicks=1..5",
                "clicks/x=1..5",
                "clicks/0=-1..5",
                "clicks/0=1...5",
                "clicks/0=1..5,clicks/1=1..5",
                "/0=1..5"
            })
    void whatIsNoRangeIsRefused(String text) {
        assertThatThrownBy(() -> KafkaRange.parse(text))
                .isInstanceOf(HistoryException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("expected TOPIC/PARTITION=FROM..TO");
    }

    @Test
    void aNumberBeyondAllOffsetsIsRefused() {
        assertThatThrownBy(() -> KafkaRange.parse("clicks/0=1..99999999999999999999"))
                .isInstanceOf(HistoryException.class)
                .hasMessage(
                        "'clicks/0=1..99999999999999999999' has a number that no offset can have");
    }

    @Test
    void aRangeThatEndsBeforeItBeginsIsRefused() {
        assertThatThrownBy(() -> KafkaRange.parse("clicks/0=9..3"))
                .isInstanceOf(HistoryException.class)
                .hasMessageStartingWith("clicks/0=9..3 ends before it begins");
    }
}
