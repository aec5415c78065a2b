package io.millrace.model.score;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.millrace.model.example.Example;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.stream.FeatureLookup;
import io.millrace.model.version.MemoryVersionStorage;
import io.millrace.model.version.VersionCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A score never mixes two versions, whatever is loaded meanwhile. */
class ScorerConcurrencyTest {

    private static final int VERSIONS = 20;
    private static final int LOADS = 400;
    private static final int CANDIDATES = 200;
    private static final long USER = ParameterKey.ofValue(1, 1000);

    private final MemoryVersionStorage storage = new MemoryVersionStorage();

    /** In version v the user, each item and the bias all say v: any mixture is not 3v. */
    @Test
    void allScoresOfACallAreOfTheVersionItNames() throws Exception {
        publish();
        List<Example> candidates = new ArrayList<>();
        for (int item = 0; item < CANDIDATES; item++) {
            candidates.add(ScorerTest.example(USER, item(item)));
        }
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (Scorer scorer = new Scorer(storage, PublishedModel.NAME, Device.cpu())) {
            scorer.load(1);
            List<Future<Integer>> users = new ArrayList<>();
            for (int user = 0; user < 3; user++) {
                users.add(threads.submit(() -> scoreUntil(done, scorer, candidates)));
            }
            for (int load = 0; load < LOADS; load++) {
                int version = 1 + load % VERSIONS;
                assertThat(scorer.load(version)).isNotInstanceOf(LoadOutcome.Refused.class);
            }
            done.set(true);
            for (Future<Integer> user : users) {
                assertThat(user.get()).as("versions seen").isGreaterThan(1);
            }
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    @Test
    void aReplacedVersionLivesUntilItsLastUserIsDone() throws Exception {
        publish();
        PublishedModel model = new PublishedModel(storage);
        var catalog = new VersionCatalog(storage, PublishedModel.NAME);
        var layout = new ParameterLayout(model.spec());
        ServingTable table = new ServingTableBuilder(storage).read(catalog.chain(1), layout);
        ServedVersion served =
                new ServedVersion(
                        catalog.manifest(1), model.spec(), table, FeatureLookup.NONE, Device.cpu());

        assertThat(served.acquire()).isTrue();
        served.release();
        assertThat(served.acquire()).isTrue();
        served.release();
        served.release();

        assertThat(served.acquire()).isFalse();
    }

    private static int scoreUntil(AtomicBoolean done, Scorer scorer, List<Example> candidates) {
        List<Long> seen = new ArrayList<>();
        while (!done.get()) {
            Scored scored = scorer.score(candidates);
            for (float score : scored.scores()) {
                assertThat(score).isEqualTo(3f * (float) scored.version());
            }
            seen.add(scored.version());
        }
        return (int) seen.stream().distinct().count();
    }

    private void publish() throws Exception {
        PublishedModel model = new PublishedModel(storage);
        for (int version = 1; version <= VERSIONS; version++) {
            @Nullable Long parent = version == 1 ? null : (Long) (version - 1L);
            var draft = model.version(version, parent);
            float says = version;
            draft.bias(says).row(USER, says);
            for (int item = 0; item < CANDIDATES; item++) {
                draft.row(item(item), says);
            }
            draft.publish();
        }
    }

    private static long item(int item) {
        return ParameterKey.ofValue(2, 100 + item);
    }
}
