package io.millrace.jobs.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.jobs.simulate.SimulatedEvent.Clicked;
import io.millrace.jobs.simulate.SimulatedEvent.Shown;
import io.millrace.jobs.simulate.WorldSettings.Drift;
import io.millrace.schemas.Impression;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class SimulatorTest {

    @Test
    void usageExample() {
        Simulator simulator = new Simulator(new World(1, Worlds.minute(Drift.NONE)), 2, 100);

        Impression first = ((Shown) simulator.next()).impression();

        assertThat(simulator.impressions()).isEqualTo(6000);
        assertThat(first.getTimestamp()).isEqualTo(Worlds.START_MILLIS);
        assertThat(first.getUser()).matches("u\\d+");
        assertThat(first.getItem()).matches("i\\d+");
        assertThat(first.getFeatures()).containsOnlyKeys("position", "category", "device");
        assertThat(first.getFeatures().get("position")).isInstanceOf(Long.class);
        assertThat(first.getFeatures().get("category")).asString().matches("c\\d+");
    }

    @Test
    void isAFunctionOfWorldAndSeed() {
        assertThat(events(1, 2)).isEqualTo(events(1, 2));
        assertThat(events(1, 3)).isNotEqualTo(events(1, 2));
        assertThat(events(4, 2)).isNotEqualTo(events(1, 2));
    }

    @Test
    void eventsAreInOrderOfTimeAtTheRate() {
        List<SimulatedEvent> events = events(1, 2);

        assertThat(events.stream().map(SimulatedEvent::timestamp)).isSorted();
        List<Shown> shown = shown(events);
        assertThat(shown).hasSize(6000);
        assertThat(shown.get(3000).timestamp()).isEqualTo(Worlds.at(0.5));
        assertThat(shown.stream().map(Shown::impressionId)).doesNotHaveDuplicates();
    }

    @Test
    void everyClickFollowsItsImpressionWithinTheLimit() {
        List<SimulatedEvent> events = events(1, 2);
        Map<String, Shown> clicked = new HashMap<>();
        List<Long> delays = new ArrayList<>();
        for (SimulatedEvent event : events) {
            if (event instanceof Shown shown && shown.clicked()) {
                clicked.put(event.impressionId(), shown);
            } else if (event instanceof Clicked) {
                Shown shown = clicked.remove(event.impressionId());
                assertThat(shown).isNotNull();
                delays.add(event.timestamp() - shown.timestamp());
            }
        }

        assertThat(clicked).isEmpty();
        assertThat(delays).allMatch(delay -> delay >= 0 && delay <= 1000);
        assertThat(delays.stream().mapToLong(delay -> delay).average().orElseThrow())
                .isCloseTo(200, within(20.0));
    }

    @Test
    void clicksAreDrawnFromTheTrueProbabilities() {
        List<Shown> shown = shown(events(1, 2));

        double expected = shown.stream().mapToDouble(Shown::clickProbability).sum();
        long clicks = shown.stream().filter(Shown::clicked).count();

        assertThat((double) clicks).isCloseTo(expected, within(4 * Math.sqrt(expected)));
    }

    @Test
    void trueProbabilityIsTheWorlds() {
        World world = new World(1, Worlds.minute(Drift.ABRUPT));
        Shown shown = (Shown) new Simulator(world, 2, 100).next();
        Map<String, Object> features = shown.impression().getFeatures();
        int device = List.of("phone", "desktop", "tablet").indexOf(features.get("device"));

        View view =
                new View(
                        shown.timestamp(),
                        number(shown.impression().getUser()),
                        number(shown.impression().getItem()),
                        Integer.parseInt(String.valueOf(features.get("position"))),
                        device);

        assertThat(world.clickProbability(view)).isEqualTo(shown.clickProbability());
    }

    @Test
    void newItemsAreShownOnceTheyExist() {
        Map<Integer, Long> firstShown = new HashMap<>();
        for (Shown shown : shown(events(1, 2))) {
            firstShown.putIfAbsent(number(shown.impression().getItem()), shown.timestamp());
        }
        World world = new World(1, Worlds.minute(Drift.ABRUPT));

        assertThat(firstShown.keySet()).anyMatch(item -> item >= 50);
        assertThat(firstShown)
                .allSatisfy((item, time) -> assertThat(item).isLessThan(world.items(time)));
    }

    @Test
    void endsWithItsWorld() {
        Simulator simulator = new Simulator(new World(1, Worlds.minute(Drift.NONE)), 2, 100);
        simulator.forEachRemaining(event -> {});

        assertThatThrownBy(simulator::next).isInstanceOf(NoSuchElementException.class);
    }

    /** The demo's world is neither trivial nor hopeless to learn. */
    @Test
    void demoWorldHasAUsefulCeiling() {
        for (long seed : new long[] {1, 2, 3}) {
            World world =
                    new World(
                            seed,
                            WorldSettings.demo(
                                    Worlds.START, Duration.ofMinutes(1), Duration.ofSeconds(2)));
            OracleScores oracle = new OracleScores();
            List<Shown> shown = new ArrayList<>();
            new Simulator(world, seed, 1000)
                    .forEachRemaining(
                            event -> {
                                oracle.add(event);
                                if (event instanceof Shown impression) {
                                    shown.add(impression);
                                }
                            });

            assertThat(oracle.impressions()).isEqualTo(60_000);
            assertThat(oracle.values().get("auc")).isBetween(0.75, 0.85);
            assertThat(shown.stream().filter(Shown::clicked).count() / 60_000.0)
                    .isBetween(0.1, 0.2);
        }
    }

    private static List<SimulatedEvent> events(long worldSeed, long seed) {
        List<SimulatedEvent> events = new ArrayList<>();
        new Simulator(new World(worldSeed, Worlds.minute(Drift.ABRUPT)), seed, 100)
                .forEachRemaining(events::add);
        return events;
    }

    private static List<Shown> shown(List<SimulatedEvent> events) {
        return events.stream().filter(Shown.class::isInstance).map(Shown.class::cast).toList();
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(1));
    }
}
