package io.millrace.model.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.stream.Streams;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Fields that stream features and profiles provide: an example is completed with them later. */
class DerivedFieldsTest {

    private static final ModelSpec SPEC =
            Streams.spec(
                    "{type: click}",
                    """
                    seen: {type: categorical-list, dimension: 2, max-length: 3}
                    item: {type: categorical, dimension: 2}
                    clicks: {type: bucket, dimension: 2, boundaries: [1, 10]}
                    rate: {type: numeric, standardize: {mean: 0.5, deviation: 2}}
                    price: {type: numeric}
                    idle: {type: numeric, log: true}
                    income: {type: numeric, field: users.income, standardize: running}
                    born: {type: cyclic, field: users.born, period: week}
                    country: {type: categorical, field: users.country, dimension: 2}
                    genres: {type: categorical-list, dimension: 2}
                    here: {type: cross, of: [country, item], dimension: 2}
                    often: {type: cross, of: [user, clicks, country], dimension: 2}
                    plain: {type: cross, of: [user, item], dimension: 2}
                    """,
                    """
                    stream-features:
                      seen: {type: last, by: user, of: click}
                      clicks: {type: count, by: user, of: click}
                      rate: {type: mean, by: item, prior: 0, strength: 1}
                      idle: {type: since-last, by: user, of: click}
                    profiles:
                      users: {by: user}
                    """);

    private static final List<String> DERIVED =
            List.of(
                    "seen",
                    "clicks",
                    "rate",
                    "idle",
                    "users.income",
                    "users.born",
                    "users.country");

    private final FeatureExtractor extractor = new FeatureExtractor(SPEC);
    private final Random random = new Random(23);

    @Test
    void usageExample() throws InvalidEventException {
        Example partial = extractor.extract("u1", "i1", Map.of(), Map.of(), 1000);
        Map<String, Object> derived = Map.of("clicks", 3.0, "users.country", "AT");

        Example complete = extractor.complete(partial.labelled(1, 0.5f), derived);

        assertThat(contents(complete))
                .isEqualTo(
                        contents(
                                extractor
                                        .extract("u1", "i1", Map.of(), derived, 1000)
                                        .labelled(1, 0.5f)));
        assertThat(complete.keys()).isNotEqualTo(partial.keys());
    }

    /** A correction follows with the same values. */
    @Test
    void whatIsCompletedStaysAsItWas() throws InvalidEventException {
        Example partial = extractor.extract("u1", "i1", Map.of(), Map.of(), 1000);
        List<Object> before = contents(partial);

        extractor.complete(partial, Map.of("rate", 0.75, "seen", List.of("i1", "i2")));

        assertThat(contents(partial)).isEqualTo(before);
    }

    @Test
    void completionIsAsIfTheValuesHadBeenThere() throws InvalidEventException {
        for (int i = 0; i < 2000; i++) {
            Map<String, Object> features = features();
            Map<String, Object> derived = derived();
            String item = random.nextInt(9) == 0 ? null : "i" + random.nextInt(5);
            Example whole = extractor.extract("u1", item, features, derived, i);
            Example partial = extractor.extract("u1", item, features, Map.of(), i);

            assertThat(contents(extractor.complete(partial, derived))).isEqualTo(contents(whole));
            assertThat(
                            contents(
                                    extractor
                                            .request("u1", features, common(derived), i)
                                            .extract(item, Map.of(), own(derived))))
                    .isEqualTo(contents(whole));
        }
    }

    /** Else whoever writes events could say what only the stream knows. */
    @Test
    void anEventCannotGiveThem() throws InvalidEventException {
        Map<String, Object> features = new HashMap<>(derived());
        DERIVED.forEach(field -> features.put(field, 1L));

        Example without = extractor.extract("u1", "i1", Map.of(), Map.of(), 5);
        assertThat(contents(extractor.extract("u1", "i1", features, Map.of(), 5)))
                .isEqualTo(contents(without));
        assertThat(contents(extractor.request("u1", features, 5).extract("i1", features)))
                .isEqualTo(contents(without));
    }

    @Test
    void candidatesShareWhatTheyDoNotOverride() throws InvalidEventException {
        Map<String, Object> common = Map.of("clicks", 3.0, "seen", List.of("i1", "i2"));
        Map<String, Object> missing = new HashMap<>();
        missing.put("clicks", null);
        FeatureExtractor.Request request = extractor.request("u1", Map.of(), common, 5);

        assertThat(contents(request.extract("i1", Map.of(), Map.of("rate", 0.75))))
                .isEqualTo(
                        contents(
                                extractor.extract(
                                        "u1",
                                        "i1",
                                        Map.of(),
                                        Map.of(
                                                "clicks",
                                                3.0,
                                                "seen",
                                                List.of("i1", "i2"),
                                                "rate",
                                                0.75),
                                        5)));
        assertThat(contents(request.extract("i1", Map.of(), missing)))
                .isEqualTo(
                        contents(
                                extractor.extract(
                                        "u1",
                                        "i1",
                                        Map.of(),
                                        Map.of("seen", List.of("i1", "i2")),
                                        5)));
    }

    /** A value from a profile that was checked for another file, or a count that has grown. */
    @Test
    void whatDoesNotFitMisses() throws InvalidEventException {
        Example partial = extractor.extract("u1", "i1", Map.of(), Map.of(), 5);
        Map<String, Object> misfits =
                Map.of(
                        "users.country",
                        2.5,
                        "users.income",
                        "much",
                        "users.born",
                        "yesterday",
                        "seen",
                        List.of("i1", 2.5),
                        "clicks",
                        Double.NaN);

        assertThat(contents(extractor.complete(partial, misfits))).isEqualTo(contents(partial));
        assertThat(contents(extractor.extract("u1", "i1", Map.of(), misfits, 5)))
                .isEqualTo(contents(partial));
    }

    @Test
    void aNumberThatIsTooLargeIsCut() throws InvalidEventException {
        Example partial = extractor.extract("u1", "i1", Map.of(), Map.of(), 5);

        assertThat(extractor.complete(partial, Map.of("rate", 1e30)).numeric()[0])
                .isEqualTo(1_000_000f);
        assertThat(extractor.complete(partial, Map.of("rate", -1e30)).numeric()[0])
                .isEqualTo(-1_000_000f);
    }

    @Test
    void whatDoesNotFitIsRefusedWhereItBegins() throws InvalidEventException {
        extractor.requireFit(Map.of());
        extractor.requireFit(Map.of("users.country", "AT", "users.born", 5L, "users.other", 2.5));

        assertThatThrownBy(() -> extractor.requireFit(Map.of("users.country", 2.5)))
                .isInstanceOf(InvalidEventException.class)
                .hasMessage(
                        "feature \"country\": expected a text, a whole number or a boolean, found"
                                + " the number 2.5");
        assertThatThrownBy(() -> extractor.requireFit(Map.of("users.born", "yesterday")))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("feature \"born\"");
    }

    /** All of it; NaN, which stands for a missing number, equals itself. */
    private static List<Object> contents(Example example) {
        return List.of(
                Arrays.toString(example.keys()),
                Arrays.toString(example.ends()),
                Arrays.toString(example.numeric()),
                example.label(),
                example.weight(),
                example.eventTime());
    }

    private Map<String, Object> features() {
        Map<String, Object> features = new HashMap<>();
        features.put("price", random.nextBoolean() ? (Object) 2.5 : (Object) 3L);
        if (random.nextBoolean()) {
            features.put("genres", List.of("drama", "war").subList(0, random.nextInt(3)));
        }
        return features;
    }

    private Map<String, Object> derived() {
        Map<String, Object> derived = new HashMap<>();
        put(derived, "seen", List.of("i1", "i2", "i3", "i4").subList(0, random.nextInt(5)));
        put(derived, "clicks", (double) random.nextInt(20));
        put(derived, "rate", random.nextDouble());
        put(derived, "idle", random.nextInt(10) * 1e6);
        put(derived, "users.income", random.nextInt(3) == 0 ? (Object) "none" : (Object) 5L);
        put(derived, "users.born", random.nextLong(1_000_000_000_000L));
        put(derived, "users.country", "c" + random.nextInt(3));
        return derived;
    }

    /** Mostly there; else null or left out, which is the same. */
    private void put(Map<String, Object> derived, String field, Object value) {
        int fate = random.nextInt(6);
        if (fate > 0) {
            derived.put(field, fate == 1 ? none() : value);
        }
    }

    @SuppressWarnings("NullAway") // as maps of values have it
    private static Object none() {
        return (@Nullable Object) null;
    }

    private static Map<String, Object> common(Map<String, Object> derived) {
        Map<String, Object> common = new HashMap<>(derived);
        common.put("rate", 0.25);
        return common;
    }

    private static Map<String, Object> own(Map<String, Object> derived) {
        Map<String, Object> own = new HashMap<>();
        own.put("rate", derived.get("rate"));
        return own;
    }
}
