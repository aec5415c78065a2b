package io.millrace.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.config.ConfigException;
import io.millrace.model.stream.Profile;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfileTopicsTest {

    @Test
    void usageExample() {
        PipelineConfig config =
                read(
                        """
                        profiles:
                          users: {by: user}
                          items: {by: item, topic: catalogue}
                        topics: {features: known}
                        """);

        assertThat(config.topics().profiles())
                .isEqualTo(Map.of("users", "users", "items", "catalogue"));
        assertThat(config.topics().features()).isEqualTo("known");
        assertThat(config.model().stream().profiles())
                .containsExactly(new Profile("users", "user"), new Profile("items", "item"));
    }

    @Test
    void aTopicHasOnePurpose() {
        assertRefused(
                "users: {by: user, topic: clicks}\n  items: {by: item}",
                "profiles.users.topic: the topic \"clicks\" already has another purpose");
        assertRefused(
                "users: {by: user}\n  items: {by: item, topic: users}",
                "profiles.items.topic: the topic \"users\" already has another purpose");
    }

    @Test
    void aNameThatIsNoTopicNeedsOne() {
        assertRefused(
                "users: {by: user}\n  items: {by: item, topic: all items}",
                "profiles.items.topic: expected a topic name");
    }

    private static void assertRefused(String profiles, String complaint) {
        assertThatThrownBy(() -> read("profiles:\n  " + profiles + "\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(complaint);
    }

    private static PipelineConfig read(String parts) {
        return PipelineConfigReader.read(
                """
                model: clicks
                objective: {type: click}
                features:
                  user: {type: categorical, dimension: 2}
                  age: {type: numeric, field: users.age}
                  brand: {type: categorical, field: items.brand, dimension: 2}
                architecture: {type: dcn-v2}
                optimizers: {embedding: {type: sgd}, dense: {type: sgd}}
                """
                        + parts,
                "pipeline.yaml");
    }
}
