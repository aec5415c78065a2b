package io.millrace.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSpec;
import io.millrace.model.stream.Profile;
import io.millrace.model.stream.StreamFeature.Count;
import io.millrace.model.stream.StreamFeature.DecayedCount;
import io.millrace.model.stream.StreamFeature.Last;
import io.millrace.model.stream.StreamFeature.Mean;
import io.millrace.model.stream.StreamFeature.Occasion;
import io.millrace.model.stream.StreamFeature.SinceLast;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamReaderTest {

    private static final List<String> USER = List.of("user");

    @Test
    void usageExample() {
        ModelSpec spec =
                clicks(
                        """
                        stream-features:
                          n: {type: count, by: user, of: click}
                          trend: {type: decayed-count, by: [item], of: impression, half-life: 1h}
                          mean: {type: mean, by: user, prior: 0.1}
                          liking: {type: mean, by: [user, genres], prior: mean, strength: 3, half-life: 2d}
                          idle: {type: since-last, by: user, of: click}
                          list: {type: last, by: user, of: click, field: brand, length: 7}
                        profiles:
                          users: {by: user}
                        """,
                        """
                        n: {type: bucket, dimension: 2, boundaries: [1]}
                        trend: {type: numeric}
                        liking: {type: numeric}
                        idle: {type: numeric}
                        recent: {type: categorical-list, field: list, dimension: 2}
                        age: {type: numeric, field: users.age}
                        both: {type: cross, of: [user, n], dimension: 2}
                        """);

        assertThat(spec.stream().features())
                .containsExactly(
                        new Count("n", USER, Occasion.CLICK),
                        new DecayedCount(
                                "trend", List.of("item"), Occasion.IMPRESSION, Duration.ofHours(1)),
                        new Mean("mean", USER, 0.1, null, 1, null),
                        new Mean(
                                "liking",
                                List.of("user", "genres"),
                                0,
                                "mean",
                                3,
                                Duration.ofDays(2)),
                        new SinceLast("idle", USER, Occasion.CLICK),
                        new Last("list", USER, Occasion.CLICK, "brand", 7));
        assertThat(spec.stream().profiles()).containsExactly(new Profile("users", "user"));
        assertWrittenAsRead(spec);
    }

    /** The hash of a specification is in manifests. */
    @Test
    void aModelWithoutThemIsWrittenAsEver() {
        ModelSpec spec = ModelSpecReader.read(ConfigNode.parse(ModelSpecs.CLICKS, "clicks.yaml"));

        assertThat(ModelSpecWriter.write(spec).fieldNames())
                .toIterable()
                .containsExactly(
                        "model", "seed", "objective", "features", "architecture", "optimizers");
    }

    @Test
    void whatIsRecentOfAUserCanBeDrawnTowardsTheUsersMean() {
        ModelSpec spec =
                read(
                        "{type: rating, min: 1, max: 5}",
                        """
                        stream-features:
                          mean: {type: mean, by: user, prior: 3.5, strength: 5}
                          recent: {type: mean, by: user, prior: mean, strength: 2, half-life: 45s}
                          n: {type: count, by: item, of: rating}
                        """,
                        """
                        recent: {type: numeric, standardize: {mean: 3.5, deviation: 1}}
                        n: {type: numeric, log: true}
                        """);

        assertThat(spec.stream().features()).hasSize(3);
        assertWrittenAsRead(spec);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: coutn, by: user, of: click}"
                        + " | x.type: expected one of count, decayed-count, mean, since-last, last,"
                        + " found \"coutn\"",
                "{type: count, of: click}"
                        + " | x.by: expected a field of events such as user, or a list of up to 3"
                        + " such as [user, genres]",
                "{type: count, by: [], of: click}"
                        + " | x.by: expected a field of events such as user, or a list of up to 3"
                        + " such as [user, genres]",
                "{type: count, by: [user, item, a, b], of: click}"
                        + " | x.by: expected a field of events such as user, or a list of up to 3"
                        + " such as [user, genres]",
                "{type: count, by: [user, user], of: click} | x.by: \"user\" is there twice",
                "{type: count, by: timestamp, of: click}"
                        + " | x.by: a time is no value to keep anything by; expected another field",
                "{type: count, by: known, of: click}"
                        + " | x.by: \"known\" is itself computed from the stream; expected user,"
                        + " item, or a field of events",
                "{type: count, by: [user, users.country], of: click}"
                        + " | x.by: \"users.country\" comes from the profile \"users\"; expected"
                        + " user, item, or a field of events",
                "{type: count, by: user} | x: the key \"of\" is missing (one of impression, click,"
                        + " rating)",
                "{type: count, by: user, of: rating}"
                        + " | x.of: the objective click learns from impressions and clicks;"
                        + " expected impression or click",
                "{type: decayed-count, by: user, of: click}"
                        + " | x: the key \"half-life\" is missing (a duration such as 250ms, 2s,"
                        + " 5m, 1h or 7d)",
                "{type: decayed-count, by: user, of: click, half-life: 0s}"
                        + " | x.half-life: expected a duration from 1ms to 365d, found"
                        + " 0ms",
                "{type: mean, by: user} | x: the key \"prior\" is missing (text)",
                "{type: mean, by: user, prior: 0, strength: 0}"
                        + " | x.strength: expected a number above 0 and up to 1e9: how many labels"
                        + " the prior is worth; found 0.0",
                "{type: mean, by: user, prior: knwon}"
                        + " | x.prior: expected a number, or the name of another mean; there is no"
                        + " stream feature \"knwon\"; did you mean \"known\"?",
                "{type: mean, by: user, prior: count}"
                        + " | x.prior: \"count\" is no mean; expected one, or a number",
                "{type: mean, by: user, prior: x}"
                        + " | x.prior: x -> x goes round in a circle; expected a number at its end",
                "{type: last, by: user, of: click, length: 0}"
                        + " | x.length: expected a whole number from 1 to 1000, found 0",
                "{type: last, by: user, of: click, field: known}"
                        + " | x.field: \"known\" is itself computed from the stream; expected"
                        + " user, item, or a field of events",
                "{type: last, by: user, of: click}"
                        + " | x: it is a list, so the feature \"x\" that reads it must be a"
                        + " categorical-list",
                "{type: count, by: user, of: click, half-life: 1h}"
                        + " | x.half-life: unknown key; allowed are type, by, of",
            })
    void mistakesAreNamed(String x, String complaint) {
        assertThatThrownBy(
                        () ->
                                clicks(
                                        """
                                        stream-features:
                                          known: {type: mean, by: user, prior: 0}
                                          count: {type: count, by: user, of: click}
                                        profiles:
                                          users: {by: user}
                                        """
                                                .replace("profiles:", "  x: " + x + "\nprofiles:"),
                                        """
                                        known: {type: numeric}
                                        count: {type: numeric}
                                        age: {type: numeric, field: users.age}
                                        x: {type: numeric}
                                        """))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("stream-features." + complaint);
    }

    @Test
    void priorsThatGoRoundInACircleAreNamed() {
        assertRefused(
                """
                stream-features:
                  a: {type: mean, by: user, prior: b}
                  b: {type: mean, by: item, prior: c}
                  c: {type: mean, by: place, prior: b}
                """,
                "a: {type: numeric}\n",
                "stream-features.a.prior: a -> b -> c -> b goes round in a circle; expected a"
                        + " number at its end");
    }

    @Test
    void aNameThatIsTakenIsRefused() {
        assertRefused(
                "stream-features:\n  item: {type: count, by: user, of: click}\n",
                "",
                "stream-features.item: every event has a field \"item\"; choose another name");
        assertRefused(
                """
                stream-features:
                  users.age: {type: count, by: user, of: click}
                profiles:
                  users: {by: user}
                """,
                "a: {type: numeric, field: users.age}\n",
                "stream-features.users.age: the fields of the profile \"users\" begin like this;"
                        + " choose another name");
        assertRefused(
                "profiles:\n  a.b: {by: user}\n",
                "",
                "profiles.a.b: a profile's name has no dot, since \"name.field\" is how its fields"
                        + " are read");
    }

    @Test
    void whatNothingReadsIsAMistake() {
        assertRefused(
                "stream-features:\n  user-clicks: {type: count, by: user, of: click}\n",
                "user-click: {type: numeric}\n",
                "stream-features.user-clicks: no feature reads it; expected one under features with"
                        + " \"field: user-clicks\", or does \"user-click\" mean it?");
        assertRefused(
                "profiles:\n  users: {by: user}\n",
                "age: {type: numeric, field: user.age}\n",
                "profiles.users: no feature reads one of its fields; expected one under features"
                        + " with \"field: users.age\"");
    }

    @Test
    void aNumberIsNoCategory() {
        assertRefused(
                "stream-features:\n  n: {type: count, by: user, of: click}\n",
                "n: {type: categorical, dimension: 2}\n",
                "stream-features.n: it is a number, so the feature \"n\" that reads it must be"
                        + " numeric or a bucket");
    }

    @Test
    void ratingsHaveNoClicks() {
        assertThatThrownBy(
                        () ->
                                read(
                                        "{type: rating, min: 1, max: 5}",
                                        "stream-features:\n"
                                                + "  n: {type: count, by: user, of: click}\n",
                                        "n: {type: numeric}\n"))
                .hasMessageContaining(
                        "stream-features.n.of: the objective rating learns from ratings alone;"
                                + " expected rating");
    }

    private static void assertRefused(String parts, String features, String complaint) {
        assertThatThrownBy(() -> clicks(parts, features))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(complaint);
    }

    private static void assertWrittenAsRead(ModelSpec spec) {
        ConfigNode written =
                ConfigNode.parse(ModelSpecWriter.write(spec).toString(), "manifest.json");
        assertThat(ModelSpecReader.read(written)).isEqualTo(spec);
        written.rejectUnknown();
    }

    private static ModelSpec clicks(String parts, String features) {
        return read("{type: click}", parts, features);
    }

    private static ModelSpec read(String objective, String parts, String features) {
        ConfigNode node =
                ConfigNode.parse(
                        "model: m\nobjective: "
                                + objective
                                + "\nfeatures:\n  user: {type: categorical, dimension: 2}\n"
                                + features.indent(2)
                                + parts
                                + "architecture: {type: dcn-v2}\n"
                                + "optimizers: {embedding: {type: sgd}, dense: {type: sgd}}\n",
                        "pipeline.yaml");
        ModelSpec spec = ModelSpecReader.read(node);
        node.rejectUnknown();
        return spec;
    }
}
