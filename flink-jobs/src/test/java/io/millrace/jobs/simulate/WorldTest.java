package io.millrace.jobs.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.jobs.simulate.WorldSettings.Drift;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorldTest {

    @Test
    void usageExample() {
        World world =
                new World(
                        1,
                        WorldSettings.demo(
                                Worlds.START, Duration.ofMinutes(1), Duration.ofSeconds(2)));

        double probability = world.clickProbability(new View(Worlds.START_MILLIS, 7, 3, 1, 0));

        assertThat(probability).isBetween(0.0, 1.0);
    }

    @Test
    void isAFunctionOfSeedAndSettings() {
        View view = new View(Worlds.at(0.9), 7, 3, 2, 1);
        double probability = new World(1, Worlds.minute(Drift.ABRUPT)).clickProbability(view);

        assertThat(new World(1, Worlds.minute(Drift.ABRUPT)).clickProbability(view))
                .isEqualTo(probability);
        assertThat(new World(2, Worlds.minute(Drift.ABRUPT)).clickProbability(view))
                .isNotEqualTo(probability);
    }

    @Test
    void positionScalesTheProbabilityByItsExamination() {
        World world = new World(1, Worlds.minute(Drift.NONE));

        double first = world.clickProbability(new View(Worlds.START_MILLIS, 7, 3, 1, 0));
        double fifth = world.clickProbability(new View(Worlds.START_MILLIS, 7, 3, 5, 0));

        assertThat(World.examination(1)).isEqualTo(1);
        assertThat(fifth / first).isCloseTo(World.examination(5), within(1e-12));
        assertThat(IntStream.rangeClosed(1, 10).mapToDouble(World::examination).boxed())
                .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }

    @Test
    void itemsAppearEvenly() {
        World world = new World(1, Worlds.minute(Drift.NONE));

        assertThat(world.items(Worlds.at(-1))).isEqualTo(50);
        assertThat(world.items(Worlds.at(0))).isEqualTo(50);
        assertThat(world.items(Worlds.at(0.5))).isEqualTo(65);
        assertThat(world.items(Worlds.at(1))).isEqualTo(80);
        assertThat(world.items(Worlds.at(2))).isEqualTo(80);
    }

    @Test
    void onlyItemsThatExistAreDrawn() {
        World world = new World(1, Worlds.minute(Drift.NONE));
        SplittableRandom random = new SplittableRandom(5);

        int[] early = drawn(world, random, Worlds.at(0));
        int[] late = drawn(world, random, Worlds.at(1));

        assertThat(IntStream.of(early).max().orElseThrow()).isLessThan(50);
        assertThat(IntStream.of(late).max().orElseThrow()).isGreaterThanOrEqualTo(50);
    }

    @Test
    void tastesChangeAbruptlyInTheMiddle() {
        World world = new World(1, Worlds.minute(Drift.ABRUPT));

        assertThat(change(world, 0, 0.49)).isLessThan(0.001);
        assertThat(change(world, 0.49, 0.5)).isGreaterThan(0.05);
        assertThat(change(world, 0.5, 1)).isLessThan(0.001);
    }

    @Test
    void tastesChangeSmoothlyAroundTheMiddle() {
        World world = new World(1, Worlds.minute(Drift.SMOOTH));

        assertThat(change(world, 0, 0.24)).isLessThan(0.001);
        assertThat(change(world, 0.25, 0.75)).isGreaterThan(0.05);
        assertThat(change(world, 0.49, 0.5)).isBetween(0.0005, 0.01);
        assertThat(change(world, 0.76, 1)).isLessThan(0.001);
    }

    @Test
    void tastesStayWithoutDrift() {
        World world = new World(1, Worlds.minute(Drift.NONE));

        assertThat(change(world, 0, 1)).isLessThan(0.001);
    }

    @Test
    void refusesSettingsThatMakeNoWorld() {
        assertThatThrownBy(
                        () ->
                                WorldSettings.demo(
                                        Worlds.START, Duration.ZERO, Duration.ofSeconds(2)))
                .hasMessage("duration must be at least a millisecond");
    }

    private static int[] drawn(World world, SplittableRandom random, long time) {
        return IntStream.range(0, 2000).map(i -> world.draw(random, time).item()).toArray();
    }

    /** The mean absolute change of click probabilities between two moments. */
    private static double change(World world, double from, double to) {
        return IntStream.range(0, 200)
                .mapToDouble(
                        user ->
                                Math.abs(
                                        probability(world, user, from)
                                                - probability(world, user, to)))
                .average()
                .orElseThrow();
    }

    private static double probability(World world, int user, double progress) {
        return world.clickProbability(new View(Worlds.at(progress), user, user % 50, 1, 0));
    }
}
