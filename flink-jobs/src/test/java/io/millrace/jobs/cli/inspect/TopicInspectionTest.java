package io.millrace.jobs.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.history.TimeRange;
import io.millrace.schemas.Click;
import io.millrace.schemas.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopicInspectionTest {

    private static final InspectFilter ALL = new InspectFilter(Set.of(), Set.of(), TimeRange.ALL);
    private static final List<DeadLetter> LETTERS =
            List.of(
                    Letters.invalid(),
                    Letters.truncated(),
                    Letters.unmatched(),
                    Letters.json(),
                    Letters.letter("clicks", 9, new byte[0], "EMPTY", "There is no payload."));

    private final List<String> text = new ArrayList<>();
    private final List<String> json = new ArrayList<>();

    @Test
    void deadLettersAreShownWithWhatIsInThem() {
        TopicInspection inspection = inspect(ALL, Long.MAX_VALUE, false);

        assertThat(String.join("\n", text))
                .isEqualTo(
                        """
                        INVALID_VALUE  impressions-0@41  written 2023-11-14T22:13:20Z, set aside 2023-11-14T22:13:20.041Z
                          price is NaN; expected a finite number
                          {"impressionId":"a","timestamp":1700000000000,"user":"user-7","item":"item-3","features":{"price":"NaN"}}

                        TRUNCATED  impressions-0@42  written 2023-11-14T22:13:20Z, set aside 2023-11-14T22:13:20.042Z
                          The Impression is cut off.
                          00000000  c3 01 0b 2c ec 2c fc 10  dd fa 02 62 80 a0 ab fe  |...,.,.....b....|
                          00000010  f9 62 0c 75 73                                    |.b.us|

                        UNMATCHED_CLICK  clicks-0@7  written 2023-11-14T22:13:20Z, set aside 2023-11-14T22:13:20.007Z
                          click of impression nobody has no impression
                          {"impressionId":"nobody","timestamp":1700000000000}

                        MALFORMED  clicks-0@8  written 2023-11-14T22:13:20Z, set aside 2023-11-14T22:13:20.008Z
                          The payload does not begin with C3 01; it may be JSON.
                          Click {"impressionId":"c","timestamp":5}

                        EMPTY  clicks-0@9  written 2023-11-14T22:13:20Z, set aside 2023-11-14T22:13:20.009Z
                          There is no payload.
                          (no bytes)
                        """);
        assertThat(inspection.summary())
                .containsExactly(
                        "5 dead letters of topic dead-letters:",
                        "          1  EMPTY            of clicks, 2023-11-14T22:13:20.009Z",
                        "          1  INVALID_VALUE    of impressions, 2023-11-14T22:13:20.041Z",
                        "          1  MALFORMED        of clicks, 2023-11-14T22:13:20.008Z",
                        "          1  TRUNCATED        of impressions, 2023-11-14T22:13:20.042Z",
                        "          1  UNMATCHED_CLICK  of clicks, 2023-11-14T22:13:20.007Z");
    }

    @Test
    void deadLettersAreLinesOfJson() {
        inspect(ALL, Long.MAX_VALUE, true);

        assertThat(text).isEmpty();
        assertThat(json)
                .startsWith(
                        """
                        {"letter":"dead-letters-0@0","time":"2023-11-14T22:13:20.041Z","reason":"INVALID_VALUE",\
                        "detail":"price is NaN; expected a finite number","topic":"impressions","partition":0,\
                        "offset":41,"timestamp":"2023-11-14T22:13:20Z","to":"impressions","record":"Impression",\
                        "payload":{"impressionId":"a","timestamp":1700000000000,"user":"user-7","item":"item-3",\
                        "features":{"price":"NaN"}},\
                        "base64":"wwELLOws/BDd+gJhgKCr/vliDHVzZXItNwxpdGVtLTMCCnByaWNlBAAAAAAAAPh/AA=="}""",
                        """
                        {"letter":"dead-letters-0@1","time":"2023-11-14T22:13:20.042Z","reason":"TRUNCATED",\
                        "detail":"The Impression is cut off.","topic":"impressions","partition":0,"offset":42,\
                        "timestamp":"2023-11-14T22:13:20Z","to":"impressions","record":null,"payload":null,\
                        "base64":"wwELLOws/BDd+gJigKCr/vliDHVz"}""");
    }

    @Test
    void lettersAreChosenByReasonTopicAndTime() {
        assertThat(shown(new InspectFilter(Set.of("EMPTY", "MALFORMED"), Set.of(), TimeRange.ALL)))
                .containsExactly("MALFORMED", "EMPTY");
        assertThat(shown(new InspectFilter(Set.of(), Set.of("impressions"), TimeRange.ALL)))
                .containsExactly("INVALID_VALUE", "TRUNCATED");
        TimeRange time = new TimeRange(Letters.TIME + 8, Letters.TIME + 42);
        assertThat(shown(new InspectFilter(Set.of(), Set.of(), time)))
                .containsExactly("INVALID_VALUE", "MALFORMED", "EMPTY");
    }

    @Test
    void noMoreThanTheLimitIsShown() {
        TopicInspection inspection = inspect(ALL, 2, false);

        assertThat(inspection.isFull()).isTrue();
        assertThat(inspection.summary()).hasSize(3).first().asString().startsWith("2 dead letters");
    }

    @Test
    void otherTopicsAreShownToo() {
        TopicInspection inspection =
                new TopicInspection(
                        Letters.PIPELINE, "clicks", ALL, Long.MAX_VALUE, text::add, null);
        inspection.add(Letters.record("clicks", 3, Letters.encode(new Click("x", 5L))));
        inspection.add(Letters.record("clicks", 4, new byte[] {0x1b, '[', '2', 'J'}));

        assertThat(text)
                .containsExactly(
                        "clicks-0@3  key key  written 2023-11-14T22:13:20Z",
                        "  {\"impressionId\":\"x\",\"timestamp\":5}",
                        "",
                        "clicks-0@4  key key  written 2023-11-14T22:13:20Z",
                        "  The payload does not begin with C3 01, as Avro's single-object encoding"
                                + " does.",
                        "  00000000  1b 5b 32 4a                                       |.[2J|",
                        "");
        assertThat(inspection.summary())
                .containsExactly(
                        "2 records of topic clicks:",
                        "          1  Click                2023-11-14T22:13:20Z",
                        "          1  that cannot be read  2023-11-14T22:13:20Z");
    }

    /** Nothing that comes from a topic may steer the terminal. */
    @Test
    void whatSteersTerminalsIsEscaped() {
        String text = "a\u001b[2J\u202eb\u0085";
        inspect(
                List.of(
                        Letters.letter(
                                "clicks",
                                1,
                                Letters.encode(new Click(text, 5L)),
                                "R\u001b[2J",
                                "detail \u001b[2J")),
                ALL,
                Long.MAX_VALUE,
                false);
        inspect(
                List.of(Letters.letter("clicks", 1, Letters.encode(new Click(text, 5L)), "R", "d")),
                ALL,
                Long.MAX_VALUE,
                true);

        assertThat(String.join("", this.text) + String.join("", json))
                .contains("a\\u001B[2J\\u202eb\\u0085")
                .doesNotContain("\u001b", "\u202e", "\u0085");
    }

    @Test
    void longPayloadsAreCutInText() {
        inspect(
                List.of(Letters.letter("clicks", 1, new byte[1000], "MALFORMED", "d")),
                ALL,
                Long.MAX_VALUE,
                false);

        assertThat(text).hasSize(2 + 16 + 2).contains("  ... and 744 of 1,000 bytes more");
    }

    private List<String> shown(InspectFilter filter) {
        text.clear();
        inspect(filter, Long.MAX_VALUE, false);
        return text.stream()
                .filter(line -> !line.startsWith(" ") && !line.isEmpty())
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }

    private TopicInspection inspect(InspectFilter filter, long limit, boolean asJson) {
        return inspect(LETTERS, filter, limit, asJson);
    }

    private TopicInspection inspect(
            List<DeadLetter> letters, InspectFilter filter, long limit, boolean asJson) {
        TopicInspection inspection =
                new TopicInspection(
                        Letters.PIPELINE,
                        "dead-letters",
                        filter,
                        limit,
                        text::add,
                        asJson ? json::add : null);
        for (int i = 0; i < letters.size(); i++) {
            inspection.add(Letters.record("dead-letters", i, Letters.encode(letters.get(i))));
        }
        return inspection;
    }
}
