package io.millrace.model.score;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import com.sun.management.ThreadMXBean;
import io.millrace.model.example.Example;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.version.Compaction;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.VersionStorage;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * No damaged folder of versions ends a scorer, or is served by it, be the scorer fresh or serving
 * an earlier version.
 *
 * <p>A version may be served from a damaged folder only when nothing that it says of a score has
 * been hit: then every score, of every row there is, of rows there are not, and of the network, is
 * the same to the bit. So it is when a file was hit that nobody has to read, or a field of a
 * manifest that only informs (offsets, watermark, metrics, times, counts of examples).
 */
class DamagedFoldersTest {

    private static final int FOLDERS = 10_000;
    private static final int ROWS = 24;
    private static final long SERVED = 2;
    private static final long NEWEST = 5;
    private static final long MOST_BYTES = 100_000_000;
    private static final Duration MOST_CPU = Duration.ofSeconds(1);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Random random = new Random(20);

    @Test
    @Timeout(180)
    void neitherEndsAScorerNorIsServed(@TempDir Path root) throws Exception {
        VersionStorage storage = new LocalVersionStorage(root);
        publish(storage);
        List<Example> panel = panel();
        FolderDamage folder = new FolderDamage(root, random);
        Map<String, int[]> outcomes = new TreeMap<>();
        try (Scorer serving = scorer(storage)) {
            float[] before = load(serving, SERVED, panel);
            float[] intact = scoresOf(storage, panel);
            assertThat(before).isNotEqualTo(intact);
            for (int i = 0; i < FOLDERS; i++) {
                String damage = folder.apply();
                String what = "folder " + i + ", " + damage;
                int[] outcome =
                        outcomes.computeIfAbsent(FolderDamage.kind(damage), kind -> new int[2]);
                try (Scorer fresh = scorer(storage)) {
                    outcome[attempt(fresh, panel, null, intact, what) ? 1 : 0]++;
                }
                if (attempt(serving, panel, before, intact, what)) {
                    folder.mend();
                    outcome[1]++;
                    load(serving, SERVED, panel);
                } else {
                    folder.mend();
                    outcome[0]++;
                }
            }
            assertThat(load(serving, NEWEST, panel)).isEqualTo(intact);
        }
        assertEveryKindWasRefused(outcomes);
    }

    /** Says whether the version was served, in which case it must be as good as intact. */
    private boolean attempt(
            Scorer scorer, List<Example> panel, float[] before, float[] intact, String what) {
        long cpu = threads.getCurrentThreadCpuTime();
        long bytes = threads.getCurrentThreadAllocatedBytes();
        LoadOutcome outcome;
        try {
            outcome = scorer.load(NEWEST);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what, e);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - bytes)
                .as(what)
                .isLessThan(MOST_BYTES);
        assertThat(threads.getCurrentThreadCpuTime() - cpu).as(what).isLessThan(MOST_CPU.toNanos());
        if (outcome instanceof LoadOutcome.Refused refused) {
            assertThat(refused.reason())
                    .as(what)
                    .startsWith(PublishedModel.NAME + "/0000")
                    .hasSizeBetween(40, 1100)
                    .doesNotMatch("(?s).*[\\p{Cc}\\p{Cs}].*");
            if (before == null) {
                assertThat(scorer.version()).as(what).isNull();
            } else {
                assertThat(scorer.version()).as(what).isEqualTo(SERVED);
                assertThat(scorer.score(panel).scores()).as(what).isEqualTo(before);
            }
            return false;
        }
        assertThat(scorer.score(panel).scores()).as(what).isEqualTo(intact);
        return true;
    }

    /** Versions 1 to 5 of two shards each, deltas but for the first; 3 is compacted. */
    private void publish(VersionStorage storage) throws Exception {
        PublishedModel model = new PublishedModel(storage);
        for (long version = 1; version <= NEWEST; version++) {
            var draft = model.version(version, version == 1 ? null : (Long) (version - 1));
            for (int row = 0; row < ROWS; row++) {
                if (version == 1 || random.nextInt(3) == 0) {
                    draft.row(user(row), weights()).row(item(row), weights());
                }
            }
            draft.bias(random.nextFloat()).shards(2).publish();
        }
        new Compaction(storage, PublishedModel.NAME).compact(3);
    }

    private float[] weights() {
        return random.nextInt(6) == 0 ? new float[0] : new float[] {random.nextFloat()};
    }

    /** Asks for every row, and for one more of each slot that is in no version. */
    private static List<Example> panel() {
        List<Example> panel = new ArrayList<>();
        for (int row = 0; row <= ROWS; row++) {
            panel.add(ScorerTest.example(user(row), item(row)));
        }
        return panel;
    }

    private static long user(int row) {
        return ParameterKey.ofValue(1, 1000 + row);
    }

    private static long item(int row) {
        return ParameterKey.ofValue(2, 2000 + row);
    }

    private static Scorer scorer(VersionStorage storage) {
        return new Scorer(storage, PublishedModel.NAME, Device.cpu());
    }

    private static float[] scoresOf(VersionStorage storage, List<Example> panel) {
        try (Scorer scorer = scorer(storage)) {
            return load(scorer, NEWEST, panel);
        }
    }

    private static float[] load(Scorer scorer, long version, List<Example> panel) {
        assertThat(scorer.load(version)).isInstanceOf(LoadOutcome.Loaded.class);
        return scorer.score(panel).scores();
    }

    /** Every kind of damage has been noticed, and most of all the damage there was. */
    private static void assertEveryKindWasRefused(Map<String, int[]> outcomes) {
        assertThat(outcomes).hasSize(12);
        assertThat(outcomes.values()).allSatisfy(outcome -> assertThat(outcome[0]).isPositive());
        int refused = outcomes.values().stream().mapToInt(outcome -> outcome[0]).sum();
        assertThat(refused).isGreaterThan(FOLDERS);
        System.out.printf(
                "of %,d loads from damaged folders %,d were refused, %,d served what was intact%n",
                2 * FOLDERS, refused, 2 * FOLDERS - refused);
    }
}
