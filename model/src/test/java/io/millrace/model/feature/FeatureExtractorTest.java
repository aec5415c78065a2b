package io.millrace.model.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architectures;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.example.Example;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.Sgd;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.util.Utf8;
import org.apache.commons.codec.digest.MurmurHash3;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureExtractorTest {

    private static final double INFINITE = Double.POSITIVE_INFINITY;
    private static final Offset<Float> CLOSE = Offset.offset(1e-6f);

    @Test
    void usageExample() throws InvalidEventException {
        FeatureExtractor extractor =
                extractor(
                        new FeatureSpec.Categorical("user", "user", 16),
                        plain("price"),
                        new FeatureSpec.CategoricalList(
                                "genres", "genres", 8, FeatureSpec.Pooling.MEAN, 50),
                        new FeatureSpec.Cyclic("hour", "timestamp", FeatureSpec.Period.DAY),
                        new FeatureSpec.Categorical("item", "item", 16));

        Example example =
                extractor.extract(
                        "u1",
                        "i7",
                        Map.of("price", 2.5, "genres", List.of("drama", "war")),
                        Map.of(),
                        Instant.parse("2024-05-01T06:00:00Z").toEpochMilli());

        assertThat(example.keys())
                .containsExactly(key(1, "u1"), key(2, "drama"), key(2, "war"), key(3, "i7"));
        assertThat(example.ends()).containsExactly(1, 3, 4);
        assertThat(example.numeric()).containsExactly(new float[] {2.5f, 1, 0}, CLOSE);
        assertThat(example.label()).isZero();
        assertThat(example.weight()).isEqualTo(1);
        assertThat(example.eventTime()).isEqualTo(1_714_543_200_000L);
    }

    @Test
    void candidatesOfARequestAreAsIfExtractedOneByOne() throws InvalidEventException {
        FeatureExtractor extractor =
                extractor(
                        new FeatureSpec.Categorical("user", "user", 16),
                        plain("price"),
                        new FeatureSpec.Categorical("device", "device", 4),
                        new FeatureSpec.CategoricalList(
                                "genres", "genres", 8, FeatureSpec.Pooling.MEAN, 50),
                        new FeatureSpec.Cyclic("hour", "timestamp", FeatureSpec.Period.DAY),
                        new FeatureSpec.Categorical("item", "item", 16));
        Map<String, Object> common =
                Map.of("price", 2.5, "device", "tv", "genres", List.of("drama", "war"));
        Map<String, Object> erased = new HashMap<>();
        erased.put("device", null);
        erased.put("price", null);
        List<Map<String, Object>> own =
                List.of(
                        Map.of(),
                        Map.of("price", 1.5),
                        erased,
                        Map.of("genres", List.of("war"), "user", "not a feature's own"),
                        Map.of());

        FeatureExtractor.Request request = extractor.request("u1", common, 123_456_789);

        for (int i = 0; i < own.size(); i++) {
            assertThat(request.extract("i" + i, own.get(i)))
                    .usingRecursiveComparison()
                    .isEqualTo(extractor.extract("u1", "i" + i, common, own.get(i), 123_456_789));
        }
    }

    @Test
    void whatEveryCandidateOverridesMayBeInvalid() throws InvalidEventException {
        FeatureExtractor extractor = extractor(plain("price"));
        FeatureExtractor.Request request =
                extractor.request("u1", Map.of("price", "dear"), 123_456_789);

        assertThat(request.extract("i1", Map.of("price", 3.0)).numeric()).containsExactly(3f);
        assertThatThrownBy(() -> request.extract("i2", Map.of()))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("price");
    }

    /** Keys are stored in versions and state: a change of any makes those unreadable. */
    @ParameterizedTest
    @CsvSource({
        "1, alice, 5a4f97e8b355aa",
        "1, 12, 533c6209e3fd95",
        "2, 12, 933c6209e3fd95",
        "1, true, 5e1fcc6e2db35d",
        "1, '', 40000000000010",
        "1, a text of more than sixteen bytes, 6da76387e8f703",
        "1023, größe 日, ffdc86868141d12f",
        "3, '0', c9debed546a380",
    })
    void keysStayAsTheyAre(int slot, String text, String key) {
        assertThat(Long.toHexString(SparseInput.key(slot, text))).isEqualTo(key);
    }

    @Test
    void aWholeNumberAndItsTextAreTheSameValue() throws InvalidEventException {
        assertThat(keys(category(), 12L)).isEqualTo(keys(category(), "12"));
        assertThat(keys(category(), -3L)).isEqualTo(keys(category(), "-3"));
        assertThat(keys(category(), true)).isEqualTo(keys(category(), "true"));
        assertThat(keys(category(), new Utf8("12"))).isEqualTo(keys(category(), "12"));
        assertThat(keys(category(), "13")).isNotEqualTo(keys(category(), "12"));
    }

    @Test
    void aMissingValueHasAKey() throws InvalidEventException {
        long[] missing = {ParameterKey.ofMissing(1)};

        assertThat(keys(category(), null)).containsExactly(missing);
        assertThat(keys(list(3), null)).containsExactly(missing);
        assertThat(keys(list(3), List.of())).containsExactly(missing);
        assertThat(keys(bucket(1, 2), null)).containsExactly(missing);
        assertThat(extractor(category()).extract("u", "i", Map.of(), Map.of(), 0).keys())
                .containsExactly(missing);
        assertThat(keys(category(), "")).isNotEqualTo(missing);
    }

    @Test
    void anEventWithoutAnItemMissesIt() throws InvalidEventException {
        FeatureExtractor extractor = extractor(new FeatureSpec.Categorical("i", "item", 1));

        assertThat(extractor.extract("u", null, Map.of("item", "x"), Map.of(), 0).keys())
                .containsExactly(ParameterKey.ofMissing(1));
    }

    @Test
    void takesUserItemAndTimestampFromTheEvent() throws InvalidEventException {
        FeatureExtractor extractor =
                extractor(
                        new FeatureSpec.Categorical("a", "user", 1),
                        new FeatureSpec.Categorical("b", "item", 1),
                        new FeatureSpec.Categorical("c", "timestamp", 1));
        Map<String, Object> other = Map.of("user", "x", "item", "y", "timestamp", 1L);

        assertThat(extractor.extract("u", "i", other, other, 77).keys())
                .containsExactly(key(1, "u"), key(2, "i"), key(3, "77"));
    }

    @Test
    void overridingValuesWinEvenWhenNull() throws InvalidEventException {
        FeatureExtractor extractor = extractor(category());
        Map<String, Object> nothing = new HashMap<>();
        nothing.put("c", null);

        assertThat(extractor.extract("u", "i", Map.of("c", "a"), Map.of("c", "b"), 0).keys())
                .containsExactly(key(1, "b"));
        assertThat(extractor.extract("u", "i", Map.of("c", "a"), Map.of("d", "b"), 0).keys())
                .containsExactly(key(1, "a"));
        assertThat(extractor.extract("u", "i", Map.of("c", "a"), nothing, 0).keys())
                .containsExactly(ParameterKey.ofMissing(1));
    }

    @Test
    void keepsTheLastValuesOfALongListAndDuplicates() throws InvalidEventException {
        assertThat(keys(list(3), List.of("a", "b", "c", "b", "b")))
                .containsExactly(key(1, "c"), key(1, "b"), key(1, "b"));
        assertThat(keys(list(3), List.of("a", "a"))).containsExactly(key(1, "a"), key(1, "a"));
    }

    @ParameterizedTest
    @CsvSource({"-5,0", "9.999,0", "10,1", "19.9,1", "20,2", "29.9,2", "30,3", "1e300,3"})
    void aValueAtABoundaryFallsRightOfIt(double value, String interval)
            throws InvalidEventException {
        assertThat(keys(bucket(10, 20, 30), value)).containsExactly(key(1, interval));
    }

    @Test
    void cutsWholeNumbersAndNegativeZeroToo() throws InvalidEventException {
        assertThat(keys(bucket(10, 20, 30), 20L)).containsExactly(key(1, "2"));
        assertThat(keys(bucket(0), -0.0)).containsExactly(key(1, "1"));
    }

    @ParameterizedTest
    @CsvSource({
        // log, min, max, mean, deviation, value, expected
        "false, -Infinity, Infinity, 0, 1, -7.25, -7.25",
        "true, -Infinity, Infinity, 0, 1, 0, 0",
        "true, -Infinity, Infinity, 0, 1, 1.718281828459045, 1",
        "true, -Infinity, Infinity, 0, 1, -1.718281828459045, -1",
        "false, 0, 10, 0, 1, 12, 10",
        "false, 0, 10, 0, 1, -12, 0",
        "false, -Infinity, Infinity, 3, 2, 7, 2",
        // log first, then clip, then standardize: (min(ln(1 + e^9 - 1), 5) - 1) / 2
        "true, 0, 5, 1, 2, 8102.083927575384, 2",
    })
    void transformsNumbers(
            boolean log,
            double min,
            double max,
            double mean,
            double deviation,
            double value,
            float expected)
            throws InvalidEventException {
        FeatureSpec.OfField spec =
                new FeatureSpec.Numeric("n", "n", log, min, max, mean, deviation);

        assertThat(numeric(spec, value)).containsExactly(new float[] {expected}, CLOSE);
    }

    @Test
    void aMissingNumberIsZeroAfterTheTransform() throws InvalidEventException {
        FeatureSpec.OfField spec = new FeatureSpec.Numeric("n", "n", false, 5, 10, 3, 2);

        assertThat(numeric(spec, null)).containsExactly(0);
        assertThat(numeric(new FeatureSpec.Cyclic("n", "n", FeatureSpec.Period.DAY), null))
                .containsExactly(0, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "HOUR, 1970-01-01T05:15:00Z, 1, 0",
        "DAY, 2024-02-29T00:00:00Z, 0, 1",
        "DAY, 2024-02-29T12:00:00Z, 0, -1",
        "DAY, 2024-02-29T18:00:00Z, -1, 0",
        "DAY, 1969-12-31T18:00:00Z, -1, 0",
        "WEEK, 1970-01-08T00:00:00Z, 0, 1",
        "WEEK, 1970-01-04T12:00:00Z, 0, -1",
    })
    void timeIsAPhaseInUtc(FeatureSpec.Period period, Instant time, float sine, float cosine)
            throws InvalidEventException {
        FeatureSpec.OfField spec = new FeatureSpec.Cyclic("n", "n", period);

        assertThat(numeric(spec, time.toEpochMilli()))
                .containsExactly(new float[] {sine, cosine}, CLOSE);
    }

    static Stream<Invalid> invalid() {
        return Stream.of(
                new Invalid(category(), 1.5, "a text, a whole number or a boolean", "1.5"),
                new Invalid(category(), List.of("a"), "a text", "a list of 1 value"),
                new Invalid(list(3), "a", "a list of texts", "the text \"a\""),
                new Invalid(list(3), List.of(2.5), "a text", "the number 2.5"),
                new Invalid(
                        list(3),
                        Collections.singletonList(null),
                        "a list of texts",
                        "a null in it"),
                new Invalid(bucket(1), "2", "a finite number", "the text \"2\""),
                new Invalid(bucket(1), Double.NaN, "a finite number", "the number NaN"),
                new Invalid(plain("c"), true, "a finite number", "the boolean true"),
                new Invalid(plain("c"), Double.NaN, "a finite number", "the number NaN"),
                new Invalid(plain("c"), -INFINITE, "a finite number", "the number -Infinity"),
                new Invalid(plain("c"), "x".repeat(1000), "a finite number", "xxx...\""),
                new Invalid(plain("c"), 1e300, "a number of at most 1000000", "1.0E300"),
                new Invalid(plain("c"), -1.1e6, "a number of at most 1000000", "-1100000.0"),
                new Invalid(
                        new FeatureSpec.Numeric("c", "c", false, -INFINITE, INFINITE, 0, 1e-300),
                        1e30,
                        "a number of at most 1000000",
                        "1.0E30"),
                new Invalid(
                        new FeatureSpec.Cyclic("c", "c", FeatureSpec.Period.DAY),
                        1.0,
                        "a time in whole milliseconds",
                        "the number 1.0"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesWhatIsNotOfTheFeaturesKind(Invalid invalid) {
        assertThatThrownBy(() -> extract(invalid.spec, invalid.value))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageStartingWith("feature \"c\": expected " + invalid.expected)
                .hasMessageEndingWith(invalid.found)
                .message()
                .hasSizeLessThan(200);
    }

    @Test
    void isUsableAfterAnInvalidEvent() throws InvalidEventException {
        FeatureExtractor extractor = extractor(category(), plain("n"));

        assertThatThrownBy(() -> extractor.extract("u", "i", Map.of("n", "x"), Map.of(), 0))
                .isInstanceOf(InvalidEventException.class);

        assertThat(extractor.extract("u", "i", Map.of("c", "a"), Map.of(), 0).keys())
                .containsExactly(key(1, "a"));
    }

    @Test
    void examplesShareNothing() throws InvalidEventException {
        FeatureExtractor extractor = extractor(category(), plain("n"));
        Example first = extractor.extract("u", "i", Map.of("c", "a", "n", 1L), Map.of(), 0);
        long[] keys = first.keys().clone();
        float[] numeric = first.numeric().clone();

        extractor.extract("u", "i", Map.of("c", "b", "n", 2L), Map.of(), 1);

        assertThat(first.keys()).containsExactly(keys);
        assertThat(first.numeric()).containsExactly(numeric);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 999, 1_000, 1_500})
    void believesTimesUpToTheBound(long time) throws InvalidEventException {
        EventTime.check(time, 1_000, 500);
    }

    @Test
    void refusesOtherTimes() {
        assertThatThrownBy(() -> EventTime.check(-1, 1_000, 500))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageStartingWith("the event time -1 is negative");
        assertThatThrownBy(() -> EventTime.check(1_501, 1_000, 500))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("1970-01-01T00:00:01.501Z is more than PT0.5S after");
        assertThatThrownBy(() -> EventTime.check(Long.MAX_VALUE, 1_000, 500))
                .isInstanceOf(InvalidEventException.class);
        assertThatThrownBy(() -> EventTime.check(Long.MIN_VALUE, 1_000, 500))
                .isInstanceOf(InvalidEventException.class);
    }

    private record Invalid(FeatureSpec.OfField spec, Object value, String expected, String found) {}

    private static long key(int slot, String text) {
        return ParameterKey.ofValue(
                slot, MurmurHash3.hash128x64(text.getBytes(StandardCharsets.UTF_8))[0]);
    }

    private static long[] keys(FeatureSpec.OfField spec, @Nullable Object value)
            throws InvalidEventException {
        return extract(spec, value).keys();
    }

    private static float[] numeric(FeatureSpec.OfField spec, @Nullable Object value)
            throws InvalidEventException {
        return extract(spec, value).numeric();
    }

    private static Example extract(FeatureSpec.OfField spec, @Nullable Object value)
            throws InvalidEventException {
        Map<String, Object> features = new HashMap<>();
        features.put(spec.field(), value);
        return extractor(spec).extract("u", "i", features, Map.of(), 0);
    }

    private static FeatureSpec.OfField category() {
        return new FeatureSpec.Categorical("c", "c", 4);
    }

    private static FeatureSpec.OfField list(int maxLength) {
        return new FeatureSpec.CategoricalList("c", "c", 4, FeatureSpec.Pooling.SUM, maxLength);
    }

    private static FeatureSpec.OfField bucket(double... boundaries) {
        return new FeatureSpec.Bucketized("c", "c", 4, Arrays.stream(boundaries).boxed().toList());
    }

    private static FeatureSpec.OfField plain(String name) {
        return new FeatureSpec.Numeric(name, name, false, -INFINITE, INFINITE, 0, 1);
    }

    private static FeatureExtractor extractor(FeatureSpec... features) {
        ConfigNode network =
                ConfigNode.parse(
                        "{type: dcn-v2, structure: stacked, cross-layers: 1, hidden: [4]}", "test");
        return new FeatureExtractor(
                new ModelSpec(
                        "test",
                        new Objective.Click(),
                        List.of(features),
                        Architectures.read(network),
                        new Sgd(0.1),
                        new Sgd(0.1),
                        1));
    }
}
