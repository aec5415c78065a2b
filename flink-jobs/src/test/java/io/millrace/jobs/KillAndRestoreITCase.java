package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.kill.KillPlace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exactly once: a job that is killed again and again ends with the same number of examples in every
 * row as one that was left alone, and with one trainer that reads one topic with the same rows to
 * the bit.
 *
 * <p>With the system properties {@code kills} and {@code kills.seed} each test runs until there
 * have been so many kills, from that seed on, and prints a table of them.
 */
@Tag("kafka")
class KillAndRestoreITCase {

    private static final int KILLS_IN_A_RUN = 3;
    private static final int SHAPES = 4;

    @TempDir private Path directory;

    @Test
    void everyRatingCountsOnceWhereverTheJobIsKilled() throws Exception {
        campaign(new KillFeed.Ratings(10_000, 11), 20, true);
    }

    /** The label join is killed with what waits in it. */
    @Test
    void everyLabelCountsOnceWhereverTheJobIsKilled() throws Exception {
        campaign(new KillFeed.Clicks(new TestClicks(8_000, 12)), 5, false);
    }

    /**
     * @param seeds at each of four shapes
     * @param hasOneOrder whether one trainer sees the same examples in the same order in each run
     */
    private void campaign(KillFeed feed, int seeds, boolean hasOneOrder) throws Exception {
        int needed = SHAPES * seeds * KILLS_IN_A_RUN;
        int wanted = Integer.getInteger("kills", needed);
        long seed = Long.getLong("kills.seed", 0);
        KillTable table = new KillTable(feed.examples());
        SoftAssertions differences = new SoftAssertions();
        try (KillRun runs = new KillRun(feed, directory)) {
            Expected expected = Expected.of(feed, runs, hasOneOrder);
            while (table.kills() < wanted) {
                for (int trainers = 1; trainers <= 2; trainers++) {
                    for (int shards = 1; shards <= 2; shards++) {
                        String run = trainers + "x" + shards + "-" + seed;
                        List<KillPlace> places = places(10 * trainers + shards, seed);
                        KillRun.Outcome outcome = runs.run(run, trainers, shards, places, seed);
                        int before = differences.errorsCollected().size();
                        expected.compare(outcome, trainers, run, differences);
                        boolean isSame = differences.errorsCollected().size() == before;
                        table.add(trainers, shards, outcome, isSame);
                    }
                }
                seed++;
            }
        }
        table.print(System.out);
        differences.assertAll();
        if (wanted >= needed) {
            assertThat(table.places()).containsExactlyInAnyOrder(KillPlace.values());
        }
    }

    /** Each place comes as often as any other, in an order that differs from shape to shape. */
    private static List<KillPlace> places(long shape, long seed) {
        List<KillPlace> deck = new ArrayList<>(List.of(KillPlace.values()));
        Collections.shuffle(deck, new Random(shape));
        List<KillPlace> places = new ArrayList<>();
        for (int i = 0; i < KILLS_IN_A_RUN; i++) {
            places.add(
                    deck.get((int) Math.floorMod(seed * KILLS_IN_A_RUN + i, (long) deck.size())));
        }
        return places;
    }

    /**
     * What each run must end with.
     *
     * @param fingerprint of all rows of a run with one trainer; of no account without one order
     */
    private record Expected(
            KillFeed feed, SortedMap<Long, Long> counts, String fingerprint, boolean hasOneOrder) {

        static Expected of(KillFeed feed, KillRun runs, boolean hasOneOrder) throws Exception {
            SortedMap<Long, Long> counts = runs.expectedCounts();
            KillRun.Outcome undisturbed = runs.run("undisturbed", 1, 1, List.of(), 0);
            assertThat(undisturbed.counts()).isEqualTo(counts);
            assertThat(undisturbed.trained()).isEqualTo(feed.examples());
            return new Expected(feed, counts, undisturbed.fingerprint(), hasOneOrder);
        }

        void compare(
                KillRun.Outcome outcome, int trainers, String run, SoftAssertions differences) {
            differences
                    .assertThat(outcome.kills().values().stream().mapToInt(Integer::intValue).sum())
                    .as(run)
                    .isEqualTo(KILLS_IN_A_RUN);
            differences.assertThat(outcome.examples()).as(run).isEqualTo(feed.examples());
            differences.assertThat(outcome.counts()).as(run).isEqualTo(counts);
            differences.assertThat(outcome.offsets()).as(run).isEqualTo(feed.ends());
            differences.assertThat(outcome.announced()).as(run).isEqualTo(outcome.published());
            if (hasOneOrder && trainers == 1) {
                differences.assertThat(outcome.fingerprint()).as(run).isEqualTo(fingerprint);
            }
        }
    }
}
