package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.kill.KillPlace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exactly once: a job that is killed again and again ends with the same number of examples in every
 * row as one that was left alone, and with one trainer with the same rows to the bit.
 *
 * <p>With the system properties {@code kills} and {@code kills.seed} it runs until there have been
 * so many kills, and prints a table of them.
 */
@Tag("kafka")
class KillAndRestoreITCase {

    private static final int KILLS_IN_A_RUN = 3;

    /** Twenty seeds at each of four shapes. */
    private static final int KILLS = 4 * 20 * KILLS_IN_A_RUN;

    @TempDir private static Path directory;
    private static KillRun runs;
    private static SortedMap<Long, Long> counts;
    private static String fingerprint;

    @BeforeAll
    static void runUndisturbed() throws Exception {
        runs = new KillRun(directory);
        counts = runs.expectedCounts();
        KillRun.Outcome undisturbed = runs.run("undisturbed", 1, 1, List.of(), 0);
        assertThat(undisturbed.counts()).isEqualTo(counts);
        assertThat(undisturbed.trained()).isEqualTo(KillRun.RATINGS);
        fingerprint = undisturbed.fingerprint();
    }

    @AfterAll
    static void stop() {
        runs.close();
    }

    /** With -Dkills=N as long as there were fewer kills, from seed -Dkills.seed on. */
    @Test
    void everyExampleCountsOnceWhereverTheJobIsKilled() throws Exception {
        int wanted = Integer.getInteger("kills", KILLS);
        long seed = Long.getLong("kills.seed", 0);
        KillTable table = new KillTable(KillRun.RATINGS);
        SoftAssertions differences = new SoftAssertions();
        while (table.kills() < wanted) {
            for (int trainers = 1; trainers <= 2; trainers++) {
                for (int shards = 1; shards <= 2; shards++) {
                    int before = differences.errorsCollected().size();
                    KillRun.Outcome outcome = run(trainers, shards, seed, KILLS_IN_A_RUN);
                    compare(
                            outcome,
                            trainers,
                            trainers + "x" + shards + ", seed " + seed,
                            differences);
                    table.add(
                            trainers,
                            shards,
                            outcome,
                            differences.errorsCollected().size() == before);
                }
            }
            seed++;
        }
        table.print(System.out);
        differences.assertAll();
        if (wanted >= KILLS) {
            assertThat(table.places()).containsExactlyInAnyOrder(KillPlace.values());
        }
    }

    private static KillRun.Outcome run(int trainers, int shards, long seed, int kills)
            throws Exception {
        return runs.run(
                trainers + "x" + shards + "-" + seed,
                trainers,
                shards,
                places(10 * trainers + shards, seed, kills),
                seed);
    }

    /** Each place comes as often as any other, in an order that differs from shape to shape. */
    private static List<KillPlace> places(long shape, long seed, int kills) {
        List<KillPlace> deck = new ArrayList<>(List.of(KillPlace.values()));
        Collections.shuffle(deck, new Random(shape));
        List<KillPlace> places = new ArrayList<>();
        for (int i = 0; i < kills; i++) {
            places.add(deck.get((int) Math.floorMod(seed * kills + i, (long) deck.size())));
        }
        return places;
    }

    private static void compare(
            KillRun.Outcome outcome, int trainers, String run, SoftAssertions differences) {
        differences
                .assertThat(outcome.kills().values().stream().mapToInt(Integer::intValue).sum())
                .as(run)
                .isEqualTo(KILLS_IN_A_RUN);
        differences.assertThat(outcome.examples()).as(run).isEqualTo(KillRun.RATINGS);
        differences.assertThat(outcome.counts()).as(run).isEqualTo(counts);
        differences
                .assertThat(outcome.offsets())
                .as(run)
                .containsEntry("ratings", Map.of(0, (long) KillRun.RATINGS));
        differences.assertThat(outcome.announced()).as(run).isEqualTo(outcome.published());
        if (trainers == 1) {
            differences.assertThat(outcome.fingerprint()).as(run).isEqualTo(fingerprint);
        }
    }
}
