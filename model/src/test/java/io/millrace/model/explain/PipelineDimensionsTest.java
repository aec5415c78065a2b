package io.millrace.model.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PipelineDimensionsTest {

    @Test
    void usageExample() {
        String text =
                """
                # 🍌 dimension: 3 stays in a comment
                model: m
                features:
                  user: {type: categorical, dimension: 16}   # whoever
                  "item":
                    type: categorical
                    dimension:   16 # and this
                  other: {dimension: 16, type: categorical}
                  dimension: {type: categorical, dimension: 8}
                architecture: {type: x, user: {dimension: 16}, hidden: [64, 32]}
                training: {features: {user: {dimension: 16}}}
                """;

        assertThat(
                        PipelineDimensions.replaced(
                                text, Map.of("user", 3, "item", 128, "dimension", 2)))
                .isEqualTo(
                        """
                        # 🍌 dimension: 3 stays in a comment
                        model: m
                        features:
                          user: {type: categorical, dimension: 3}   # whoever
                          "item":
                            type: categorical
                            dimension:   128 # and this
                          other: {dimension: 16, type: categorical}
                          dimension: {type: categorical, dimension: 2}
                        architecture: {type: x, user: {dimension: 16}, hidden: [64, 32]}
                        training: {features: {user: {dimension: 16}}}
                        """);
    }

    @Test
    void featuresDeeperDownAreOthers() {
        String text = "a: [{features: {user: {dimension: 1}}}]\nfeatures: {user: {dimension: 1}}";

        assertThat(PipelineDimensions.replaced(text, Map.of("user", 7)))
                .isEqualTo(
                        "a: [{features: {user: {dimension: 1}}}]\nfeatures: {user: {dimension: 7}}");
    }
}
