package io.millrace.jobs.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.simulate.WorldSettings.Drift;
import io.millrace.schemas.Candidate;
import io.millrace.schemas.ScoreRequest;
import org.junit.jupiter.api.Test;

class ScoreRequestsTest {

    private final World world = new World(1, Worlds.minute(Drift.NONE));

    @Test
    void usageExample() {
        ScoreRequest request = new ScoreRequests(world, 2, 20).next(Worlds.at(0.5));

        assertThat(request.getTimestamp()).isEqualTo(Worlds.at(0.5));
        assertThat(request.getUser()).matches("u\\d+");
        assertThat(request.getFeatures()).containsOnlyKeys("position", "device");
        assertThat(request.getCandidates())
                .hasSize(20)
                .allSatisfy(
                        candidate ->
                                assertThat(candidate.getFeatures()).containsOnlyKeys("category"));
        assertThat(request.getCandidates().stream().map(Candidate::getItem))
                .doesNotHaveDuplicates();
    }

    @Test
    void areAFunctionOfWorldAndSeed() {
        ScoreRequests one = new ScoreRequests(world, 2, 5);
        ScoreRequests same = new ScoreRequests(world, 2, 5);
        ScoreRequests other = new ScoreRequests(world, 3, 5);

        assertThat(one.next(Worlds.at(0))).isEqualTo(same.next(Worlds.at(0)));
        assertThat(one.next(Worlds.at(0))).isNotEqualTo(other.next(Worlds.at(0)));
        assertThat(one.next(Worlds.at(0)).getRequestId())
                .isNotEqualTo(one.next(Worlds.at(0)).getRequestId());
    }

    @Test
    void candidatesAreItemsThatExist() {
        ScoreRequests all = new ScoreRequests(world, 2, 1000);

        assertThat(all.next(Worlds.at(0)).getCandidates()).hasSize(50);
        assertThat(all.next(Worlds.at(1)).getCandidates()).hasSize(80);
    }

    @Test
    void categoriesAreThoseOfTheImpressions() {
        Candidate candidate =
                new ScoreRequests(world, 2, 1).next(Worlds.at(0)).getCandidates().get(0);
        int item = Integer.parseInt(candidate.getItem().substring(1));

        assertThat(candidate.getFeatures()).containsEntry("category", world.category(item));
    }
}
