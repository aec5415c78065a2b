package io.millrace.jobs.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventLineTest {

    private final EventLine lines = new EventLine();

    @Test
    void usageExample() throws Exception {
        Click click = new Click("impression-1", 1_700_000_001_500L);

        assertThat(lines.write(click))
                .isEqualTo(
                        "{\"type\":\"click\",\"impressionId\":\"impression-1\","
                                + "\"timestamp\":1700000001500}");
        assertThat(lines.read(lines.write(click))).isEqualTo(click);
    }

    @Test
    void readsWhatItWrote() throws Exception {
        Map<String, Object> features = Map.of("position", 3L, "price", 2.5, "tags", List.of("a"));
        List<SpecificRecord> events =
                List.of(
                        new Impression("i1", 1L, "u", "i", features),
                        new Click("i1", 2L),
                        new Rating(3L, "u", "i", 4.5, features));

        for (SpecificRecord event : events) {
            assertThat(lines.write(event)).doesNotContain("\n");
            assertThat(lines.read(lines.write(event))).isEqualTo(event);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    nonsense                                      | not JSON
                    []                                            | expected a JSON object
                    {"timestamp":1}                               | no "type"
                    {"type":"view","timestamp":1}                 | unknown type "view"
                    {"type":"profile","key":"k","timestamp":1}    | it has no "profile"
                    {"type":"profile","profile":"","key":"k","timestamp":1} | its "profile" is empty
                    {"type":"click","timestamp":1}                | impressionId
                    {"type":"click","impressionId":"i","timestamp":"x"} | timestamp
                    {"type":"click","impressionId":"i","timestamp":1} {} | not JSON
                    """)
    void saysWhatIsWrong(String line, String expected) {
        assertThatThrownBy(() -> lines.read(line))
                .isInstanceOf(EventLine.BadLineException.class)
                .hasMessageContaining(expected);
    }
}
