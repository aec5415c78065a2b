package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.kill.KillPlace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Exactly once: a job that is killed again and again ends with the same number of examples in every
 * row as one that was left alone, and with one trainer with the same rows to the bit.
 *
 * <p>With the system properties {@code kills} and {@code kills.seed} it runs until there have been
 * so many kills, and prints a table of them.
 */
class KillAndRestoreITCase {

    private static final int SEEDS = 20;
    private static final int KILLS_IN_A_RUN = 3;

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

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "1, 2", "2, 2"})
    @DisabledIfSystemProperty(named = "kills", matches = ".*")
    void everyExampleCountsOnceWhereverTheJobIsKilled(int trainers, int shards) throws Exception {
        Map<KillPlace, Integer> kills = new EnumMap<>(KillPlace.class);
        for (int seed = 0; seed < SEEDS; seed++) {
            KillRun.Outcome outcome = run(trainers, shards, seed, KILLS_IN_A_RUN);
            requireUndisturbed(outcome, trainers, "seed " + seed);
            outcome.kills().forEach((place, times) -> kills.merge(place, times, Integer::sum));
        }
        assertThat(kills).containsOnlyKeys(KillPlace.values());
        assertThat(kills.values().stream().mapToInt(Integer::intValue).sum())
                .as("kills")
                .isEqualTo(SEEDS * KILLS_IN_A_RUN);
    }

    @Test
    @EnabledIfSystemProperty(named = "kills", matches = "[0-9]+")
    void campaign() throws Exception {
        int wanted = Integer.getInteger("kills");
        long seed = Long.getLong("kills.seed", 0);
        KillTable table = new KillTable(KillRun.RATINGS);
        while (table.kills() < wanted) {
            for (int trainers = 1; trainers <= 2; trainers++) {
                for (int shards = 1; shards <= 2; shards++) {
                    KillRun.Outcome outcome = run(trainers, shards, seed, KILLS_IN_A_RUN);
                    table.add(trainers, shards, outcome, isUndisturbed(outcome, trainers));
                }
            }
            seed++;
        }
        table.print(System.out);
        assertThat(table.mismatches()).as("runs that differ from the undisturbed one").isZero();
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

    private static void requireUndisturbed(
            KillRun.Outcome outcome, int trainers, String description) {
        assertThat(outcome.examples()).as(description).isEqualTo(KillRun.RATINGS);
        assertThat(outcome.counts()).as(description).isEqualTo(counts);
        assertThat(outcome.offsets())
                .as(description)
                .containsEntry("ratings", Map.of(0, (long) KillRun.RATINGS));
        assertThat(outcome.announced()).as(description).isEqualTo(outcome.published());
        if (trainers == 1) {
            assertThat(outcome.fingerprint()).as(description).isEqualTo(fingerprint);
        }
    }

    private static boolean isUndisturbed(KillRun.Outcome outcome, int trainers) {
        try {
            requireUndisturbed(outcome, trainers, "");
            return true;
        } catch (AssertionError mismatch) {
            System.out.println(mismatch.getMessage());
            return false;
        }
    }
}
