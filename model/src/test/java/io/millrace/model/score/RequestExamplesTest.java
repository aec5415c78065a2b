package io.millrace.model.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.Sgd;
import io.millrace.schemas.Candidate;
import io.millrace.schemas.ScoreRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RequestExamplesTest {

    private static final int LONGEST_LIST = 10_000;
    private static final int MOST_CANDIDATES = 10_000;

    private final RequestExamples lists =
            new RequestExamples(spec(list("seen", 12), list("own", 4)));

    @Test
    void usageExample() throws InvalidEventException {
        ScoreRequest request =
                request(
                        Map.of("seen", List.of("a", "b")),
                        new Candidate("i1", Map.of()),
                        new Candidate("i2", Map.of("own", List.of("c", "d", "e"))));

        List<Example> examples = lists.of(request);

        assertThat(examples.get(0).ends()).containsExactly(2, 3);
        assertThat(examples.get(1).ends()).containsExactly(2, 5);
        assertThat(examples.get(1).keys()).startsWith(examples.get(0).keys()[0]);
    }

    /** 80 bytes for each value of the longer list, 48 for the missing one. */
    @Test
    void refusesMoreThanCanBeScoredAtOnce() throws InvalidEventException {
        long bytes = LONGEST_LIST * 80 + 48;
        int most = (int) (RequestExamples.MAX_BYTES / bytes);
        Map<String, Object> common = Map.of("seen", texts(LONGEST_LIST));

        assertThat(lists.of(request(common, candidates(most)))).hasSize(most);
        assertThatThrownBy(() -> lists.of(request(common, candidates(most + 1))))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("the request has " + (most + 1) + " candidates")
                .hasMessageContaining("more than 128 MiB")
                .hasMessageContaining("fewer candidates");
    }

    @Test
    void refusesTheLargestRequestEarly() {
        Map<String, Object> common =
                Map.of("seen", texts(LONGEST_LIST), "own", texts(LONGEST_LIST));
        Candidate[] candidates = candidates(MOST_CANDIDATES);
        for (int i = 0; i < MOST_CANDIDATES; i += 2) {
            candidates[i] = new Candidate("i" + i, Map.of("seen", List.of()));
        }

        assertThatThrownBy(() -> lists.of(request(common, candidates)))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("10000 candidates");
    }

    @Test
    void takesAsManyCandidatesAsThereMayBeOfAnOrdinaryModel() throws InvalidEventException {
        FeatureSpec[] features =
                Stream.concat(
                                IntStream.range(0, 26)
                                        .mapToObj(
                                                i ->
                                                        new FeatureSpec.Categorical(
                                                                "c" + i, "c" + i, 16)),
                                IntStream.range(0, 13).mapToObj(i -> number("n" + i)))
                        .toArray(FeatureSpec[]::new);

        List<Example> examples =
                new RequestExamples(spec(features))
                        .of(request(Map.of(), candidates(MOST_CANDIDATES)));

        assertThat(examples).hasSize(MOST_CANDIDATES);
    }

    private static List<String> texts(int count) {
        return Collections.nCopies(count, "x");
    }

    private static Candidate[] candidates(int count) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            candidates.add(new Candidate("i" + i, Map.of()));
        }
        return candidates.toArray(new Candidate[0]);
    }

    private static ScoreRequest request(Map<String, Object> features, Candidate... candidates) {
        return new ScoreRequest("r1", 1000L, "u1", features, List.of(candidates));
    }

    private static FeatureSpec list(String name, int dimension) {
        return new FeatureSpec.CategoricalList(
                name, name, dimension, FeatureSpec.Pooling.MEAN, LONGEST_LIST);
    }

    private static FeatureSpec number(String name) {
        return new FeatureSpec.Numeric(name, name, false, -1, 1, 0, 1);
    }

    private static ModelSpec spec(FeatureSpec... features) {
        return new ModelSpec(
                "lists",
                new Objective.Click(),
                List.of(features),
                new DcnV2(0, 0, List.of(), DcnV2.Structure.STACKED),
                new Sgd(0.1),
                new Sgd(0.1),
                5);
    }
}
