package io.millrace.model.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.stream.FeatureLookup;
import io.millrace.model.stream.StreamKeys;
import io.millrace.model.stream.StreamUpdate;
import io.millrace.model.stream.StreamValues;
import io.millrace.model.stream.Streams;
import io.millrace.schemas.Candidate;
import io.millrace.schemas.ScoreRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Training and scoring make the same example of the same rows at the same instant. */
class DerivedRequestTest {

    private static final long NOON = 1_700_000_000_000L;

    private static final ModelSpec SPEC =
            Streams.spec(
                    "{type: click}",
                    """
                    item: {type: categorical, dimension: 2}
                    clicks: {type: bucket, dimension: 2, boundaries: [1, 10]}
                    trend: {type: numeric}
                    rate: {type: numeric}
                    liking: {type: numeric}
                    at-place: {type: numeric}
                    idle: {type: numeric, log: true}
                    seen: {type: categorical-list, dimension: 2}
                    country: {type: categorical, field: users.country, dimension: 2}
                    brand: {type: categorical, field: items.brand, dimension: 2}
                    here: {type: cross, of: [country, brand], dimension: 2}
                    """,
                    """
                    stream-features:
                      clicks: {type: count, by: user, of: click}
                      trend: {type: decayed-count, by: item, of: impression, half-life: 1h}
                      average: {type: mean, by: user, prior: 0.1, strength: 5, half-life: 2h}
                      rate: {type: mean, by: item, prior: average, strength: 10}
                      liking: {type: mean, by: [user, genres], prior: average, strength: 3}
                      at-place: {type: mean, by: place, prior: rate, strength: 3}
                      idle: {type: since-last, by: user, of: click}
                      seen: {type: last, by: user, of: click, length: 5}
                    profiles:
                      users: {by: user}
                      items: {by: item}
                    """);

    private final Random random = new Random(31);
    private final Streams streams = new Streams(SPEC);

    @Test
    void examplesAreThoseOfTraining() throws InvalidEventException {
        events();
        RequestExamples requests = new RequestExamples(SPEC, streams.table());
        for (int i = 0; i < 200; i++) {
            ScoreRequest request = request(NOON + random.nextInt(7_200_000), 10);

            List<Example> scored = requests.of(request);

            for (int c = 0; c < scored.size(); c++) {
                Candidate candidate = request.getCandidates().get(c);
                assertThat(scored.get(c))
                        .usingRecursiveComparison()
                        .isEqualTo(trained(request, candidate));
            }
        }
    }

    @Test
    void withoutRowsEveryKeyIsNew() throws InvalidEventException {
        ScoreRequest request = request(NOON, 3);

        List<Example> scored = new RequestExamples(SPEC).of(request);

        assertThat(scored.get(0))
                .usingRecursiveComparison()
                .isEqualTo(trained(request, request.getCandidates().get(0)));
    }

    /** A user's rows are read once, an item's once for each candidate. */
    @Test
    void candidatesShareWhatIsTheUsers() throws InvalidEventException {
        events();
        Map<String, Integer> asked = new HashMap<>();
        FeatureLookup table = streams.table();
        FeatureLookup counting =
                (group, key) -> {
                    asked.merge(group, 1, Integer::sum);
                    return table.row(group, key);
                };
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            candidates.add(new Candidate("i" + i, Map.of()));
        }
        Map<String, Object> features = Map.of("genres", List.of("g0", "g1"), "place", "p0");

        new RequestExamples(SPEC, counting)
                .of(new ScoreRequest("r", NOON, "u0", features, candidates));

        assertThat(asked)
                .containsOnly(
                        Map.entry("by:user", 1),
                        Map.entry("by:user,genres", 2),
                        Map.entry("by:place", 1),
                        Map.entry("profile:users", 1),
                        Map.entry("by:item", 100),
                        Map.entry("profile:items", 100));
    }

    @Test
    void aRequestThatMakesNoKeyIsRefused() {
        ScoreRequest request =
                new ScoreRequest(
                        "r",
                        NOON,
                        "u0",
                        Map.of(),
                        List.of(new Candidate("i1", Map.of("place", 2.5))));

        assertThatThrownBy(() -> new RequestExamples(SPEC).of(request))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("field \"place\" of stream features");
    }

    private Example trained(ScoreRequest request, Candidate candidate)
            throws InvalidEventException {
        Map<String, Object> features = new HashMap<>(request.getFeatures());
        features.putAll(candidate.getFeatures());
        String user = request.getUser();
        StreamKeys keys = streams.groups().keys(user, candidate.getItem(), features);
        Map<String, Object> derived =
                new StreamValues(SPEC, streams.groups())
                        .of(streams.of(keys), request.getTimestamp());
        FeatureExtractor extractor = new FeatureExtractor(SPEC);
        Example partial =
                extractor.extract(
                        user, candidate.getItem(), features, Map.of(), request.getTimestamp());
        return extractor.complete(partial, derived);
    }

    private void events() throws InvalidEventException {
        for (int i = 0; i < 5; i += 2) {
            streams.profile("users", "u" + i, NOON, Map.of("country", "c" + i % 3));
            streams.profile("items", "i" + i, NOON, Map.of("brand", (long) i));
        }
        for (int i = 0; i < 500; i++) {
            long time = NOON + i * 7000L;
            StreamKeys keys = streams.groups().keys("u" + random.nextInt(5), item(), features());
            streams.apply(StreamUpdate.shown(time, keys), keys);
            streams.apply(
                    random.nextBoolean()
                            ? StreamUpdate.clicked(time + 500, keys)
                            : StreamUpdate.timedOut(time + 500),
                    keys);
        }
    }

    private ScoreRequest request(long time, int size) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Map<String, Object> own = random.nextBoolean() ? Map.of() : features();
            candidates.add(new Candidate(item(), own));
        }
        return new ScoreRequest("r", time, "u" + random.nextInt(6), features(), candidates);
    }

    private String item() {
        return "i" + random.nextInt(8);
    }

    private Map<String, Object> features() {
        Map<String, Object> features = new HashMap<>();
        int genres = random.nextInt(4);
        if (genres == 3) {
            features.put("genres", null);
        } else {
            features.put("genres", List.of("g0", "g1", "g2").subList(genres, 3));
        }
        if (random.nextBoolean()) {
            features.put("place", "p" + random.nextInt(2));
        }
        return features;
    }
}
