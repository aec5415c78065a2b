package io.millrace.jobs.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.score.LoadOutcome;
import io.millrace.model.score.RequestExamples;
import io.millrace.model.score.Scorer;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.ScoreRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkloadVersionTest {

    private static final Workload WORKLOAD = new Workload(2600, 1.05, true, 7);

    @TempDir Path directory;

    @ParameterizedTest
    @EnumSource
    void theBareForwardPassesAreThoseOfTheScorer(BenchModel model) throws Exception {
        ModelSpec spec = model.spec(Feed.CLICKS.objective());
        LocalVersionStorage storage = new LocalVersionStorage(directory);
        WorkloadVersion.writeBase(storage, spec, WORKLOAD);
        WorkloadVersion.writeDelta(storage, spec, WORKLOAD);
        List<ScoreRequest> requests = WorkloadRequests.make(WORKLOAD, 3, 5);
        List<List<Example>> examples = new ArrayList<>();
        for (ScoreRequest request : requests) {
            examples.add(new RequestExamples(spec).of(request));
        }

        try (Scorer scorer = new Scorer(storage, spec.name(), Device.cpu());
                BareForward bare =
                        new BareForward(spec, WorkloadVersion.rows(spec, WORKLOAD), examples)) {
            assertThat(scorer.load(WorkloadVersion.BASE)).isInstanceOf(LoadOutcome.Loaded.class);
            assertThat(scorer.load(WorkloadVersion.DELTA))
                    .as("laid over the base")
                    .isEqualTo(new LoadOutcome.Loaded(WorkloadVersion.DELTA, true));
            for (int i = 0; i < requests.size(); i++) {
                float[] scores = scorer.score(requests.get(i)).scores();
                float[] logits = bare.logits(i);
                assertThat(bare.logitsOfRows(i)).containsExactly(logits, within(1e-6f));
                assertThat(scores).hasSize(5);
                for (int b = 0; b < scores.length; b++) {
                    assertThat((double) scores[b])
                            .isCloseTo(1 / (1 + Math.exp(-logits[b])), within(1e-6));
                }
            }
        }
    }

    @Test
    void theBaseHasARowForEachValueAndBlockTheDeltaATenthOfTheValues() throws Exception {
        ModelSpec spec = BenchModel.MLP.spec(Feed.CLICKS.objective());
        LocalVersionStorage storage = new LocalVersionStorage(directory);

        WorkloadVersion.writeBase(storage, spec, WORKLOAD);
        WorkloadVersion.writeDelta(storage, spec, WORKLOAD);

        // 429 x 256 + 256, 256 x 128 + 128 and 128 + 1 weights are 140 blocks of 1,024.
        Manifest base = Manifest.read(storage, spec.name(), WorkloadVersion.BASE);
        Manifest delta = Manifest.read(storage, spec.name(), WorkloadVersion.DELTA);
        assertThat(base.isBase()).isTrue();
        assertThat(base.parts().get(0).rows()).isEqualTo(2600 + 140);
        assertThat(delta.parent()).isEqualTo(WorkloadVersion.BASE);
        assertThat(delta.parts().get(0).rows()).isEqualTo(260 + 140);
    }

    @Test
    void requestsShareTheUsersHalfOfTheFeatures() {
        ScoreRequest request = WorkloadRequests.make(WORKLOAD, 2, 4).get(1);

        assertThat(request.getRequestId()).isEqualTo("1");
        assertThat(request.getFeatures()).hasSize(13 + 6).containsKeys("c0", "c12", "n0", "n5");
        assertThat(request.getCandidates())
                .hasSize(4)
                .allSatisfy(
                        candidate ->
                                assertThat(candidate.getFeatures())
                                        .hasSize(13 + 7)
                                        .containsKeys("c13", "c25", "n6", "n12"));
    }
}
