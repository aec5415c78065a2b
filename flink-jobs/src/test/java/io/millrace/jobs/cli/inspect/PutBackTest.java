package io.millrace.jobs.cli.inspect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.history.TimeRange;
import io.millrace.schemas.Click;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PutBackTest {

    private final PutBack letters = new PutBack(Letters.PIPELINE, false);

    @Test
    void aCorrectedLetterIsItsRecordAgain() throws Exception {
        letters.add(1, line(Letters.invalid()).replace("\"price\":\"NaN\"", "\"price\":2.5"));

        assertThat(letters.problems()).isEmpty();
        PutBack.Record record = letters.records().get(0);
        assertThat(record.topic()).isEqualTo("impressions");
        assertThat(record.key()).isEqualTo("a");
        assertThat(record.letter()).isEqualTo("dead-letters-0@0");
        assertThat(EventCodec.of(Impression.class, EventFormat.AVRO).decode(record.value()))
                .isEqualTo(Letters.impression("a", 2.5));
    }

    @Test
    void whatCouldNotBeReadIsWrittenAnew() throws Exception {
        letters.add(
                1,
                line(Letters.truncated())
                        .replace(
                                "\"payload\":null",
                                "\"payload\":{\"impressionId\":\"b\",\"timestamp\":"
                                        + Letters.TIME
                                        + ",\"user\":\"user-7\",\"item\":\"item-3\",\"features\":{\"price\":2.5}}"));

        assertThat(letters.problems()).isEmpty();
        assertThat(
                        EventCodec.of(Impression.class, EventFormat.AVRO)
                                .decode(letters.records().get(0).value()))
                .isEqualTo(Letters.impression("b", 2.5));
    }

    /** It was JSON where Avro was expected, so the correction is how it is written. */
    @Test
    void aLetterInTheOtherFormatIsCorrectedByBeingWritten() throws Exception {
        letters.add(1, line(Letters.json()));

        assertThat(letters.problems()).isEmpty();
        assertThat(
                        EventCodec.of(Click.class, EventFormat.AVRO)
                                .decode(letters.records().get(0).value()))
                .isEqualTo(new Click("c", 5L));
    }

    @Test
    void aLetterGoesToTheTopicThatItNames() {
        DeadLetter click =
                Letters.letter(
                        "impressions",
                        1,
                        Letters.encode(new Click("d", Letters.TIME)),
                        "WRONG_SCHEMA",
                        "wrong");
        String line = line(click);

        letters.add(1, line);
        letters.add(2, line.replace("\"to\":\"impressions\"", "\"to\":\"clicks\""));

        assertThat(letters.problems())
                .singleElement()
                .asString()
                .startsWith("line 1: \"payload\" cannot be read as Impression: ");
        assertThat(letters.records())
                .singleElement()
                .satisfies(record -> assertThat(record.topic()).isEqualTo("clicks"));
    }

    @Test
    void anUnchangedLetterTakesForce() {
        PutBack forced = new PutBack(Letters.PIPELINE, true);
        String line = line(Letters.unmatched());

        letters.add(3, line);
        forced.add(3, line);

        assertThat(letters.problems())
                .singleElement()
                .asString()
                .startsWith("line 3: its payload is unchanged");
        assertThat(forced.problems()).isEmpty();
        assertThat(forced.records().get(0).value())
                .isEqualTo(Letters.encode(new Click("nobody", Letters.TIME)));
        assertThat(forced.records().get(0).key()).isEqualTo("nobody");
    }

    /** NaN has no JSON: its name must not be taken for a correction. */
    @Test
    void theNameOfNaNIsNoCorrection() {
        letters.add(1, line(Letters.invalid()));

        assertThat(letters.problems())
                .singleElement()
                .asString()
                .startsWith("line 1: its payload is unchanged");
    }

    @Test
    void evenForceDoesNotWriteWhatWouldComeBack() {
        PutBack forced = new PutBack(Letters.PIPELINE, true);

        forced.add(1, line(Letters.invalid()));
        forced.add(2, line(Letters.truncated()));

        assertThat(forced.records()).isEmpty();
        assertThat(forced.problems().get(0))
                .startsWith("line 1: it would be set aside again: INVALID_VALUE, ");
        assertThat(forced.problems().get(1))
                .isEqualTo(
                        "line 2: its payload could not be read; write the event that it should have"
                                + " been, of type Impression, as \"payload\"");
    }

    @Test
    void everyMistakeIsTold() {
        String click = "{\"impressionId\":\"a\",\"timestamp\":5}";
        List<String> lines =
                List.of(
                        "nix",
                        "[]",
                        "{\"payload\":" + click + "}",
                        "{\"to\":\"scores\",\"payload\":" + click + "}",
                        "{\"to\":\"clicks\",\"payloat\":" + click + "}",
                        "{\"to\":\"clicks\",\"payload\":{\"impressionId\":\"a\"}}",
                        "{\"to\":\"clicks\",\"payload\":{\"impressionId\":\"\",\"timestamp\":5}}",
                        "{\"to\":\"clicks\",\"payload\":{\"impressionId\":\"a\",\"timestamp\":-5}}",
                        "{\"to\":\"clicks\",\"payload\":" + click + ",\"base64\":\"*\"}");

        for (int i = 0; i < lines.size(); i++) {
            letters.add(i + 1, lines.get(i));
        }

        assertThat(letters.records()).isEmpty();
        List<String> expected =
                List.of(
                        "it is not JSON",
                        "expected a JSON object",
                        "it has no \"to\"",
                        "nothing is read from a topic \"scores\"",
                        "a letter has no field \"payloat\"",
                        "\"payload\" cannot be read as Click: At $.timestamp",
                        "INVALID_VALUE, impressionId has 0 characters",
                        "INVALID_TIME",
                        "\"base64\" is not the payload");
        assertThat(letters.problems()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(letters.problems().get(i))
                    .startsWith("line " + (i + 1) + ": ")
                    .contains(expected.get(i));
        }
    }

    /** A letter as inspection writes it. */
    private static String line(DeadLetter letter) {
        List<String> lines = new ArrayList<>();
        new TopicInspection(
                        Letters.PIPELINE,
                        "dead-letters",
                        new InspectFilter(Set.of(), Set.of(), TimeRange.ALL),
                        1,
                        text -> {},
                        lines::add)
                .add(Letters.record("dead-letters", 0, Letters.encode(letter)));
        assertThat(lines.get(0).getBytes(UTF_8)).isNotEmpty();
        return lines.get(0);
    }
}
