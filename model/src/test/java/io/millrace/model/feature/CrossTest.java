package io.millrace.model.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.LogisticRegression;
import io.millrace.model.example.Example;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CrossTest {

    private static final FeatureSpec.Sparse DEVICE =
            new FeatureSpec.Categorical("device", "device", 4);
    private static final FeatureSpec.Sparse AGE =
            new FeatureSpec.Bucketized("age", "years", 4, List.of(18.0, 65.0));
    private static final FeatureSpec.Sparse ITEM = new FeatureSpec.Categorical("item", "item", 4);
    private static final FeatureSpec.Sparse TAGS =
            new FeatureSpec.CategoricalList("tags", "tags", 4, FeatureSpec.Pooling.SUM, 9);

    @Test
    void usageExample() throws InvalidEventException {
        FeatureExtractor extractor = extractor(DEVICE, AGE, cross("device", "age"));

        Example example =
                extractor.extract("u", "i", Map.of("device", "tv", "years", 20L), Map.of(), 0);

        assertThat(example.ends()).containsExactly(1, 2, 3);
        assertThat(ParameterKey.slot(example.keys()[2])).isEqualTo(3);
        assertThat(ParameterKey.hash(example.keys()[2]))
                .isGreaterThanOrEqualTo(ParameterKey.FIRST_VALUE_HASH);
    }

    /** Keys are stored in versions and state: a change of any makes those unreadable. */
    @Test
    void keysStayAsTheyAre() throws InvalidEventException {
        assertThat(Long.toHexString(last(extractor(DEVICE, AGE, cross("device", "age")))))
                .isEqualTo("e8ace70649f093");
        assertThat(
                        Long.toHexString(
                                last(extractor(DEVICE, AGE, ITEM, cross("item", "device", "age")))))
                .isEqualTo("107d0cb0c271520");
    }

    @Test
    void eachCombinationIsAValueOfItsOwn() throws InvalidEventException {
        FeatureExtractor extractor = extractor(DEVICE, AGE, ITEM, cross("device", "age", "item"));
        Set<Long> keys = new LinkedHashSet<>();
        for (int device = 0; device < 100; device++) {
            for (long years : new long[] {10, 20, 70}) {
                for (int item = 0; item < 100; item++) {
                    keys.add(extract(extractor, device + "", years, item + ""));
                }
            }
        }

        assertThat(keys).hasSize(30_000);
        assertThat(extract(extractor, "7", 19L, "7")).isEqualTo(extract(extractor, "7", 64L, "7"));
    }

    @Test
    void theOrderOfTheNamesCounts() throws InvalidEventException {
        assertThat(last(extractor(DEVICE, AGE, cross("device", "age"))))
                .isNotEqualTo(last(extractor(DEVICE, AGE, cross("age", "device"))));
    }

    @Test
    void itMissesWhenOneOfItsPartsDoes() throws InvalidEventException {
        FeatureExtractor extractor = extractor(DEVICE, AGE, ITEM, cross("device", "age", "item"));
        long missing = ParameterKey.ofMissing(4);

        assertThat(extract(extractor, null, 20L, "i")).isEqualTo(missing);
        assertThat(extract(extractor, "tv", null, "i")).isEqualTo(missing);
        assertThat(extract(extractor, "tv", 20L, null)).isEqualTo(missing);
        assertThat(extract(extractor, "tv", 20L, "i")).isNotEqualTo(missing);
    }

    @Test
    void itMayStandBeforeItsPartsAndBetweenLists() throws InvalidEventException {
        FeatureExtractor extractor =
                extractor(TAGS, cross("device", "age"), DEVICE, TAGS, number(), AGE);
        Map<String, Object> features =
                Map.of("device", "tv", "years", 20L, "tags", List.of("a", "b"));

        Example example = extractor.extract("u", "i", features, Map.of(), 0);

        assertThat(example.ends()).containsExactly(2, 3, 4, 6, 7);
        assertThat(ParameterKey.slot(example.keys()[2])).isEqualTo(2);
        List<Long> others = new ArrayList<>(Arrays.stream(example.keys()).boxed().toList());
        others.remove(2);
        FeatureExtractor without = extractor(TAGS, AGE, DEVICE, TAGS, number(), AGE);
        List<Long> plain =
                new ArrayList<>(
                        Arrays.stream(without.extract("u", "i", features, Map.of(), 0).keys())
                                .boxed()
                                .toList());
        plain.remove(2);
        assertThat(others).isEqualTo(plain);
    }

    /** Candidates share what the request says; a cross of it with their own is still theirs. */
    @Test
    void candidatesOfARequestAreAsIfExtractedOneByOne() throws InvalidEventException {
        FeatureExtractor extractor =
                extractor(
                        cross("item", "device"),
                        DEVICE,
                        TAGS,
                        AGE,
                        ITEM,
                        new FeatureSpec.Cross("common", List.of("device", "age"), 4));
        Map<String, Object> common =
                Map.of("device", "tv", "years", 20L, "tags", List.of("a", "b"));
        Map<String, Object> erased = new HashMap<>();
        erased.put("device", null);
        List<Map<String, Object>> own =
                List.of(Map.of(), Map.of("years", 70L), erased, Map.of("device", "pc"), Map.of());
        FeatureExtractor.Request request = extractor.request("u1", common, 123_456_789);
        Set<Long> crosses = new LinkedHashSet<>();

        for (int i = 0; i < own.size(); i++) {
            Example example = request.extract("i" + i, own.get(i));
            crosses.add(example.keys()[0]);
            assertThat(example)
                    .usingRecursiveComparison()
                    .isEqualTo(extractor.extract("u1", "i" + i, common, own.get(i), 123_456_789));
        }

        assertThat(crosses).hasSize(own.size()).contains(ParameterKey.ofMissing(1));
    }

    private static FeatureSpec.Cross cross(String... of) {
        return new FeatureSpec.Cross("cross", List.of(of), 4);
    }

    private static FeatureSpec number() {
        return new FeatureSpec.Cyclic("hour", "timestamp", FeatureSpec.Period.HOUR);
    }

    /** The last key of an event with a TV, an age of 20 and an item. */
    private static long last(FeatureExtractor extractor) throws InvalidEventException {
        return extract(extractor, "tv", 20L, "i7");
    }

    private static long extract(
            FeatureExtractor extractor,
            @Nullable String device,
            @Nullable Long years,
            @Nullable String item)
            throws InvalidEventException {
        Map<String, Object> features = new HashMap<>();
        features.put("device", device);
        features.put("years", years);
        long[] keys = extractor.extract("u", item, features, Map.of(), 0).keys();
        return keys[keys.length - 1];
    }

    private static FeatureExtractor extractor(FeatureSpec... features) {
        return new FeatureExtractor(
                new ModelSpec(
                        "test",
                        new Objective.Click(),
                        List.of(features),
                        new LogisticRegression(),
                        new Sgd(0.1),
                        new Sgd(0.1),
                        1));
    }
}
