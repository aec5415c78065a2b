package io.millrace.model.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.ModelSpec;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.stream.StreamFeature.Mean;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamValuesTest {

    private static final long NOON = 1_700_000_000_000L;
    private static final long HOUR = 3_600_000;

    private static final ModelSpec CLICKS =
            Streams.spec(
                    "{type: click}",
                    """
                    clicks: {type: numeric}
                    trend: {type: numeric}
                    rate: {type: numeric}
                    idle: {type: bucket, dimension: 2, boundaries: [60]}
                    seen: {type: categorical-list, dimension: 2}
                    age: {type: numeric, field: users.age}
                    """,
                    """
                    stream-features:
                      clicks: {type: count, by: user, of: click}
                      trend: {type: decayed-count, by: item, of: impression, half-life: 1h}
                      rate: {type: mean, by: item, prior: 0.1, strength: 10}
                      idle: {type: since-last, by: user, of: click}
                      seen: {type: last, by: user, of: click, length: 2}
                    profiles:
                      users: {by: user}
                    """);

    private static final ModelSpec RATINGS =
            Streams.spec(
                    "{type: rating, min: 1, max: 5}",
                    """
                    liking: {type: numeric}
                    """,
                    """
                    stream-features:
                      average: {type: mean, by: user, prior: 3.5, strength: 5}
                      liking: {type: mean, by: [user, genres], prior: average, strength: 3}
                    """);

    @Test
    void usageExample() throws InvalidEventException {
        Streams streams = new Streams(CLICKS);
        StreamKeys keys = streams.groups().keys("u1", "i1", Map.of());
        streams.profile("users", "u1", NOON - HOUR, Map.of("age", 33L));
        streams.apply(StreamUpdate.shown(NOON - HOUR, keys), keys);
        streams.apply(StreamUpdate.clicked(NOON - HOUR, keys), keys);

        Map<String, Object> values =
                new StreamValues(CLICKS, streams.groups()).of(streams.of(keys), NOON);

        assertThat(values)
                .containsOnly(
                        Map.entry("clicks", 1.0),
                        Map.entry("trend", 0.5),
                        Map.entry("rate", 2.0 / 11),
                        Map.entry("idle", 3600.0),
                        Map.entry("seen", List.of("i1")),
                        Map.entry("users.age", 33L));
    }

    @Test
    void aKeyWithoutEventsHasNothingYet() throws InvalidEventException {
        Streams streams = new Streams(CLICKS);
        StreamKeys keys = streams.groups().keys("u1", "i1", Map.of());

        Map<String, Object> values =
                new StreamValues(CLICKS, streams.groups()).of(streams.of(keys), NOON);

        assertThat(values)
                .containsEntry("clicks", 0.0)
                .containsEntry("trend", 0.0)
                .containsEntry("rate", 0.1)
                .containsEntry("idle", null)
                .containsEntry("seen", List.of())
                .containsEntry("users.age", null);
    }

    @Test
    void aKeyThatMissesMakesMissingValues() throws InvalidEventException {
        Streams streams = new Streams(CLICKS);
        StreamKeys keys = streams.groups().keys("u1", null, Map.of());
        StreamValues values = new StreamValues(CLICKS, streams.groups());

        assertThat(values.of(streams.of(keys), NOON))
                .containsEntry("trend", null)
                .containsEntry("rate", null)
                .containsEntry("clicks", 0.0);
        assertThat(values.of(Map.of(), NOON).values()).containsOnlyNulls().hasSize(6);
    }

    @Test
    void aMeanIsDrawnTowardsAnother() throws InvalidEventException {
        Streams streams = new Streams(RATINGS);
        StreamKeys drama = rated(streams, "u1", 5, Map.of("genres", List.of("drama")));
        rated(streams, "u1", 2, Map.of("genres", List.of("war")));

        double average = (5 + 2 + 5 * 3.5) / (2 + 5);
        assertThat(liking(streams, drama)).isEqualTo((5 + 3 * average) / (1 + 3));
    }

    @Test
    void aListHasTheMeanOverItsElements() throws InvalidEventException {
        Streams streams = new Streams(RATINGS);
        rated(streams, "u1", 5, Map.of("genres", List.of("drama")));
        StreamKeys both =
                streams.groups().keys("u1", "i", Map.of("genres", List.of("drama", "war")));

        double average = (5 + 5 * 3.5) / (1 + 5);
        double drama = (5 + 3 * average) / (1 + 3);
        assertThat(liking(streams, both)).isCloseTo((drama + average) / 2, within(1e-12));
    }

    @Test
    void withoutTheKeyOfAPriorItsOwnPriorIsThere() throws InvalidEventException {
        ModelSpec spec =
                Streams.spec(
                        "{type: rating, min: 1, max: 5}",
                        "mean: {type: numeric}\n",
                        """
                        stream-features:
                          mean: {type: mean, by: item, prior: of-brand, strength: 1}
                          of-brand: {type: mean, by: brand, prior: of-user, strength: 1}
                          of-user: {type: mean, by: user, prior: 3, strength: 1}
                        """);
        Streams streams = new Streams(spec);
        StreamKeys keys = rated(streams, "u1", 5, Map.of("brand", "b"));
        StreamValues values = new StreamValues(spec, streams.groups());

        assertThat(values.of(streams.of(keys), NOON))
                .containsEntry("of-user", 4.0)
                .containsEntry("of-brand", (5 + 4) / 2.0)
                .containsEntry("mean", (5 + 4.5) / 2);
        StreamKeys without = streams.groups().keys("u1", "i", Map.of());
        assertThat(values.of(streams.of(without), NOON))
                .containsEntry("mean", (5 + 4) / 2.0)
                .containsEntry("of-brand", null);
    }

    @Test
    void sinceLastIsOverTheKeysThatWereSeen() throws InvalidEventException {
        ModelSpec spec =
                Streams.spec(
                        "{type: click}",
                        """
                        idle: {type: numeric}
                        seen: {type: categorical-list, dimension: 2}
                        """,
                        """
                        stream-features:
                          idle: {type: since-last, by: genres, of: click}
                          seen: {type: last, by: genres, of: click, length: 2}
                        """);
        Streams streams = new Streams(spec);
        for (int i = 0; i < 3; i++) {
            Map<String, Object> genres = Map.of("genres", i < 2 ? List.of("a") : List.of("b"));
            StreamKeys keys = streams.groups().keys("u", "i" + i, genres);
            streams.apply(StreamUpdate.clicked(NOON + i * 1000, keys), keys);
        }
        StreamKeys keys =
                streams.groups().keys("u", "i", Map.of("genres", List.of("b", "new", "a")));

        assertThat(new StreamValues(spec, streams.groups()).of(streams.of(keys), NOON + 5000))
                .containsEntry("idle", (3 + 4) / 2.0)
                .containsEntry("seen", List.of("i2", "i0", "i1"));
    }

    /** As at a scorer whose request is older than the newest row that it has heard of. */
    @Test
    void anInstantBeforeTheNewestEventIsAsThatEvent() throws InvalidEventException {
        Streams streams = new Streams(CLICKS);
        StreamKeys keys = streams.groups().keys("u1", "i1", Map.of());
        streams.apply(StreamUpdate.shown(NOON, keys), keys);
        streams.apply(StreamUpdate.clicked(NOON, keys), keys);
        StreamValues values = new StreamValues(CLICKS, streams.groups());

        assertThat(values.of(streams.of(keys), NOON - HOUR))
                .isEqualTo(values.of(streams.of(keys), NOON))
                .containsEntry("trend", 1.0)
                .containsEntry("idle", 0.0);
    }

    @Test
    void severalModelsReadTheSameRows() throws InvalidEventException {
        ModelSpec other =
                Streams.spec(
                        "{type: rating, min: 1, max: 5}",
                        "mean: {type: numeric}\n",
                        """
                        stream-features:
                          mean: {type: mean, by: user, prior: 1, strength: 1}
                        """);
        KeyGroups groups = KeyGroups.of(List.of(RATINGS.stream(), other.stream()));
        StreamKeys keys = groups.keys("u1", "i", Map.of());
        KeyGroup user = Streams.group(groups, "by:user");
        byte[] row = KeyRow.empty(user).after(StreamUpdate.rated(NOON, 5, keys)).encode();
        Map<String, List<byte[]>> rows = Map.of("by:user", List.of(row));

        assertThat(new StreamValues(other, groups).of(rows, NOON)).containsEntry("mean", 3.0);
        assertThat(new StreamValues(RATINGS, groups).of(rows, NOON))
                .containsEntry("average", (5 + 5 * 3.5) / 6);
    }

    @Test
    void aModelHasAsManyLastValuesAsItAskedFor() throws InvalidEventException {
        ModelSpec longer =
                Streams.spec(
                        "{type: click}",
                        "seen: {type: categorical-list, dimension: 2}\n",
                        """
                        stream-features:
                          seen: {type: last, by: user, of: click, length: 9}
                        """);
        KeyGroups groups = KeyGroups.of(List.of(CLICKS.stream(), longer.stream()));
        KeyRow row = KeyRow.empty(Streams.group(groups, "by:user"));
        for (String item : List.of("a", "b", "c")) {
            row = row.after(StreamUpdate.clicked(NOON, groups.keys("u1", item, Map.of())));
        }
        Map<String, List<byte[]>> rows = Map.of("by:user", List.of(row.encode()));

        assertThat(new StreamValues(CLICKS, groups).of(rows, NOON))
                .containsEntry("seen", List.of("b", "c"));
        assertThat(new StreamValues(longer, groups).of(rows, NOON))
                .containsEntry("seen", List.of("a", "b", "c"));
    }

    @Test
    void aPriorThatLeadsBackIsRefused() {
        StreamSpec circle = new StreamSpec(List.of(mean("a", "b"), mean("b", "a")), List.of());
        StreamSpec nowhere = new StreamSpec(List.of(mean("a", "b")), List.of());

        assertThatThrownBy(() -> values(circle)).hasMessageContaining("leads back to itself");
        assertThatThrownBy(() -> values(nowhere)).hasMessage("there is no mean b to be a prior");
    }

    private static Mean mean(String name, String prior) {
        return new Mean(name, List.of("user"), 0, prior, 1, Duration.ofHours(1));
    }

    private static StreamValues values(StreamSpec stream) {
        ModelSpec spec =
                new ModelSpec(
                        CLICKS.name(),
                        CLICKS.objective(),
                        CLICKS.features(),
                        CLICKS.architecture(),
                        CLICKS.embeddingOptimizer(),
                        CLICKS.denseOptimizer(),
                        CLICKS.seed(),
                        stream);
        return new StreamValues(spec, KeyGroups.of(stream));
    }

    private static StreamKeys rated(
            Streams streams, String user, double rating, Map<String, Object> features)
            throws InvalidEventException {
        StreamKeys keys = streams.groups().keys(user, "i", features);
        streams.apply(StreamUpdate.rated(NOON, rating, keys), keys);
        return keys;
    }

    private static @Nullable Double liking(Streams streams, StreamKeys keys) {
        return (Double)
                new StreamValues(RATINGS, streams.groups())
                        .of(streams.of(keys), NOON)
                        .get("liking");
    }
}
