package io.millrace.schemas.codec;

import static io.millrace.schemas.codec.UndecodableException.Reason.EMPTY;
import static io.millrace.schemas.codec.UndecodableException.Reason.MALFORMED;
import static io.millrace.schemas.codec.UndecodableException.Reason.TOO_LARGE;
import static io.millrace.schemas.codec.UndecodableException.Reason.TRUNCATED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.schemas.Click;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCodecTest {

    private final EventCodec<Impression> impressions =
            EventCodec.of(Impression.class, EventFormat.JSON);
    private final EventCodec<Click> clicks = EventCodec.of(Click.class, EventFormat.JSON);

    @Test
    void usageExample() throws UndecodableException {
        byte[] payload = bytes("{\"impressionId\": \"i-1\", \"timestamp\": 1700000000000}");

        assertThat(clicks.decode(payload)).isEqualTo(new Click("i-1", 1_700_000_000_000L));
    }

    @Test
    void featuresArePlainJson() throws UndecodableException {
        Map<String, Object> features =
                impressions
                        .decode(
                                impression(
                                        """
                                        {"whole": 2, "fraction": 2.0, "large": 1e20, "yes": true,
                                         "text": "NaN", "list": ["a", "b"], "none": null}\
                                        """))
                        .getFeatures();

        Map<String, Object> expected = new HashMap<>();
        expected.put("whole", 2L);
        expected.put("fraction", 2.0);
        expected.put("large", 1e20);
        expected.put("yes", true);
        expected.put("text", "NaN");
        expected.put("list", List.of("a", "b"));
        expected.put("none", null);
        assertThat(features).isEqualTo(expected);
    }

    @Test
    void aMissingFieldTakesADefaultOfItsOwn() throws UndecodableException {
        byte[] payload =
                bytes(
                        """
                        {"impressionId": "i", "timestamp": 1, "user": "u", "item": "x"}
                        """);

        impressions.decode(payload).getFeatures().put("changed", 1L);

        assertThat(impressions.decode(payload).getFeatures()).isEmpty();
    }

    @Test
    void aMissingFieldWithoutDefaultIsNamed() {
        assertMalformed(
                clicks,
                "{\"impressionId\": \"i\"}",
                "At $.timestamp, the field is missing and has no default.");
    }

    @Test
    void anUnknownFieldIsNamed() {
        assertMalformed(
                clicks,
                "{\"impressionId\": \"i\", \"timestamp\": 1, \"time\": 2}",
                "At $.time, the field is unknown; a Click has impressionId, timestamp.");
    }

    @Test
    void aMistakeDeepInsideIsLocated() {
        assertMalformed(
                EventCodec.of(ScoreRequest.class, EventFormat.JSON),
                """
                {"requestId": "r", "timestamp": 1, "user": "u",
                 "candidates": [{"item": "a"}, {"item": "b", "features": {"x": {}}}]}
                """,
                "At $.candidates[1].features.x, an object is none of"
                        + " null, long, double, boolean, string, array.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    1.5                  | At $.timestamp, expected a whole number, but found 1.5.
                    "1"                  | At $.timestamp, expected a whole number, but found a string.
                    null                 | At $.timestamp, expected a whole number, but found null.
                    9223372036854775808  | At $.timestamp, expected a whole number of 64 bits, but found 9223372036854775808.
                    """)
    void aTimestampIsAWholeNumber(String timestamp, String message) {
        assertMalformed(
                clicks, "{\"impressionId\": \"i\", \"timestamp\": " + timestamp + "}", message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e400", "9223372036854775808", "[\"a\", 1]", "{\"a\": 1}", "NaN"})
    void aFeatureThatNoTypeHoldsIsMalformed(String feature) {
        UndecodableException refusal = refusal(impressions, impression("{\"f\": " + feature + "}"));

        assertThat(refusal.reason()).isEqualTo(MALFORMED);
    }

    @Test
    void anUnknownStatusIsMalformed() {
        assertMalformed(
                EventCodec.of(Score.class, EventFormat.JSON),
                "{\"requestId\": \"r\", \"timestamp\": 1, \"model\": \"m\", \"status\": \"LATE\"}",
                "At $.status, expected one of SCORED, NO_VERSION, INVALID, but found a string.");
    }

    @Test
    void bytesAreBase64() {
        UndecodableException refusal =
                refusal(
                        EventCodec.of(DeadLetter.class, EventFormat.JSON),
                        bytes(
                                """
                                {"topic": "t", "partition": 0, "offset": 0, "timestamp": 0,
                                 "payload": "*", "reason": "r", "detail": "d", "time": 0}
                                """));

        assertThat(refusal.reason()).isEqualTo(MALFORMED);
        assertThat(refusal).hasMessageStartingWith("At $.payload, the string is not base64");
    }

    @Test
    void aRepeatedFieldIsMalformed() {
        UndecodableException refusal =
                refusal(
                        clicks,
                        bytes("{\"impressionId\": \"i\", \"timestamp\": 1, \"timestamp\": 2}"));

        assertThat(refusal.reason()).isEqualTo(MALFORMED);
        assertThat(refusal).hasMessageContaining("timestamp");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{} {}", "[]", "1", "null", "\"\"", "{\"a\" 1}", "nonsense", "]"})
    void whatIsNotOneObjectIsMalformed(String payload) {
        assertThat(refusal(clicks, bytes(payload)).reason()).isEqualTo(MALFORMED);
    }

    @Test
    void bytesAfterTheObjectAreMalformed() {
        byte[] payload = bytes("{\"impressionId\": \"i\", \"timestamp\": 1} x");

        assertThat(refusal(clicks, payload).reason()).isEqualTo(MALFORMED);
    }

    @Test
    void nothingIsEmpty() {
        assertThat(refusal(clicks, null).reason()).isEqualTo(EMPTY);
        assertThat(refusal(clicks, new byte[0]).reason()).isEqualTo(EMPTY);
        assertThat(refusal(clicks, bytes(" \n")).reason()).isEqualTo(EMPTY);
    }

    @Test
    void aPayloadAboveTheLimitIsTooLarge() {
        EventCodec<Click> tight = EventCodec.of(Click.class, EventFormat.JSON, 10);

        assertThat(refusal(tight, bytes("{\"timestamp\": 1}")).reason()).isEqualTo(TOO_LARGE);
    }

    @ParameterizedTest
    @MethodSource("io.millrace.schemas.codec.SampleEvent#all")
    <T extends SpecificRecord> void everyPrefixIsCutOff(SampleEvent<T> sample) {
        EventCodec<T> codec = sample.codec(EventFormat.JSON);
        byte[] payload = sample.encoded(EventFormat.JSON);

        for (int length = 1; length < payload.length; length++) {
            String prefix = new String(payload, 0, length, UTF_8);
            // Half a literal is an unknown word to the parser, and half a number not a number.
            boolean insideLiteral = prefix.matches("(?s).*(:(t|tr|tru|n|nu|nul)|[0-9][.])");
            assertThat(refusal(codec, Arrays.copyOf(payload, length)).reason())
                    .as(prefix)
                    .isEqualTo(insideLiteral ? MALFORMED : TRUNCATED);
        }
    }

    @Test
    void aFeatureThatJsonCannotHoldIsNotEncoded() {
        Impression notANumber = SampleEvent.impression();
        notANumber.getFeatures().put("price", Double.NaN);
        Impression unsupported = SampleEvent.impression();
        unsupported.getFeatures().put("position", 2);

        assertThatIllegalArgumentException().isThrownBy(() -> impressions.encode(notANumber));
        assertThatIllegalArgumentException().isThrownBy(() -> impressions.encode(unsupported));
    }

    @Test
    void anIncompleteEventIsNotEncoded() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> clicks.encode(new Click(null, 1L)))
                .withMessageContaining("Click");
    }

    private static byte[] impression(String features) {
        return bytes(
                "{\"impressionId\": \"i\", \"timestamp\": 1, \"user\": \"u\", \"item\": \"x\","
                        + " \"features\": "
                        + features
                        + "}");
    }

    private static void assertMalformed(EventCodec<?> codec, String payload, String message) {
        UndecodableException refusal = refusal(codec, bytes(payload));
        assertThat(refusal.reason()).isEqualTo(MALFORMED);
        assertThat(refusal).hasMessage(message);
    }

    private static UndecodableException refusal(EventCodec<?> codec, byte @Nullable [] payload) {
        return catchThrowableOfType(UndecodableException.class, () -> codec.decode(payload));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
