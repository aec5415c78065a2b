package io.millrace.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.feature.FeatureSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CrossReaderTest {

    private static final String OTHERS =
            """
            user: {type: categorical, dimension: 16}
            age: {type: bucket, dimension: 4, boundaries: [18]}
            item: {type: categorical, dimension: 16}
            genres: {type: categorical-list, dimension: 8}
            price: {type: numeric}
            two: {type: cross, of: [user, item], dimension: 4}
            """;

    @Test
    void usageExample() {
        ModelSpec spec = read("three: {type: cross, of: [item, age, user], dimension: 2}");

        assertThat(spec.features())
                .contains(
                        new FeatureSpec.Cross("two", List.of("user", "item"), 4),
                        new FeatureSpec.Cross("three", List.of("item", "age", "user"), 2));
    }

    @Test
    void theNetworkKnowsThatItIsCrossed() {
        List<InputShape.Field> fields = read("").inputShape().fields();

        assertThat(fields).contains(new InputShape.Field("two", 4, false, true));
        assertThat(fields).filteredOn(InputShape.Field::crossed).hasSize(1);
    }

    @Test
    void itIsWrittenAsItIsRead() {
        ModelSpec spec = read("");

        assertThat(ModelSpecWriter.write(spec).path("features").path("two").toString())
                .isEqualTo("{\"type\":\"cross\",\"of\":[\"user\",\"item\"],\"dimension\":4}");
        ConfigNode written =
                ConfigNode.parse(ModelSpecWriter.write(spec).toString(), "manifest.json");
        assertThat(ModelSpecReader.read(written)).isEqualTo(spec);
        written.rejectUnknown();
    }

    @Test
    void theOrderOfTheNamesCounts() {
        String ab = ModelSpecWriter.hash(read("x: {type: cross, of: [user, age], dimension: 1}"));
        String ba = ModelSpecWriter.hash(read("x: {type: cross, of: [age, user], dimension: 1}"));

        assertThat(ab).isNotEqualTo(ba);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: cross, dimension: 1}"
                        + " | x.of: expected the names of 2 or 3 other features such as"
                        + " [user, item], found 0",
                "{type: cross, of: [user], dimension: 1}"
                        + " | x.of: expected the names of 2 or 3 other features such as"
                        + " [user, item], found 1",
                "{type: cross, of: [user, item, age, two], dimension: 1}"
                        + " | x.of: expected the names of 2 or 3 other features such as"
                        + " [user, item], found 4",
                "{type: cross, of: user, dimension: 1} | x.of: expected a list, found \"user\"",
                "{type: cross, of: [user, itme], dimension: 1}"
                        + " | x.of: there is no feature \"itme\"; did you mean \"item\"?",
                "{type: cross, of: [user, elsewhere], dimension: 1}"
                        + " | x.of: there is no feature \"elsewhere\"",
                "{type: cross, of: [user, item, user], dimension: 1}"
                        + " | x.of: \"user\" is there twice",
                "{type: cross, of: [user, genres], dimension: 1}"
                        + " | x.of: \"genres\" is a list; only categorical and bucket features can"
                        + " be crossed",
                "{type: cross, of: [price, user], dimension: 1}"
                        + " | x.of: \"price\" is a number; only categorical and bucket features can"
                        + " be crossed, so declare a bucket of it",
                "{type: cross, of: [user, x], dimension: 1}"
                        + " | x.of: \"x\" is the cross itself; name other features",
                "{type: cross, of: [user, two], dimension: 1}"
                        + " | x.of: \"two\" is a cross; name the features that it is of",
                "{type: cross, of: [user, item]}"
                        + " | x: the key \"dimension\" is missing (a whole number)",
                "{type: cross, of: [user, item], dimension: 0}"
                        + " | x.dimension: expected a whole number from 1 to 4096, found 0",
                "{type: cross, of: [user, item], dimension: 1, field: user}"
                        + " | x.field: unknown key; allowed are type, of, dimension, min-count,"
                        + " ttl",
            })
    void refusesOtherCrosses(String feature, String complaint) {
        assertThatThrownBy(() -> read("x: " + feature))
                .isInstanceOf(ConfigException.class)
                .hasMessage("model.yaml:11: features." + complaint);
    }

    private static ModelSpec read(String feature) {
        int from = ModelSpecs.CLICKS.indexOf("  user:");
        int to = ModelSpecs.CLICKS.indexOf("architecture:");
        String text =
                ModelSpecs.CLICKS.substring(0, from)
                        + (OTHERS + feature + "\n").indent(2)
                        + ModelSpecs.CLICKS.substring(to);
        ConfigNode root = ConfigNode.parse(text, "model.yaml");
        ModelSpec spec = ModelSpecReader.read(root);
        root.rejectUnknown();
        return spec;
    }
}
