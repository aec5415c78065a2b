package io.millrace.jobs.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.jobs.simulate.SimulatedEvent.Clicked;
import io.millrace.jobs.simulate.SimulatedEvent.Shown;
import io.millrace.jobs.simulate.WorldSettings.Drift;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DisturbedEventsTest {

    private static final long SEED = 2;
    private static final Duration BY = Duration.ofSeconds(20);
    private static final Disturbance DISTURBANCE = new Disturbance(0.05, 0.1, BY);
    private static final LateClicks LATE =
            new LateClicks(0.03, Duration.ofSeconds(1), Duration.ofSeconds(5));

    @Test
    void usageExample() {
        DisturbedEvents events = new DisturbedEvents(simulator(100), DISTURBANCE, SEED);

        Delivery first = events.next();

        assertThat(first.event()).isInstanceOf(Shown.class);
        assertThat(first.time()).isGreaterThanOrEqualTo(first.event().timestamp());
        events.forEachRemaining(delivery -> {});
        assertThatThrownBy(events::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void undisturbedEventsAreDeliveredAsTheyHappen() {
        List<SimulatedEvent> clean = list(simulator(500));

        List<Delivery> deliveries =
                list(new DisturbedEvents(clean.iterator(), Disturbance.NONE, SEED));

        assertThat(deliveries).isEqualTo(clean.stream().map(Delivery::atOnce).toList());
    }

    @Test
    void everyEventIsDeliveredOnceAndUnchangedBesideItsRepeats() {
        List<SimulatedEvent> clean = list(simulator(1500));
        assertThat(clean).hasSizeGreaterThan(100_000);

        List<Delivery> deliveries = list(new DisturbedEvents(clean.iterator(), DISTURBANCE, SEED));

        assertThat(events(deliveries, false)).containsExactlyInAnyOrderElementsOf(clean);
        assertThat(events(deliveries, true))
                .doesNotHaveDuplicates()
                .isSubsetOf(new HashSet<>(clean));
        assertThat(deliveries.stream().map(Delivery::time)).isSorted();
        assertThat(deliveries)
                .allSatisfy(
                        delivery ->
                                assertThat(delivery.time() - delivery.event().timestamp())
                                        .isBetween(0L, BY.toMillis()));
    }

    @Test
    void ratesAreAsAskedFor() {
        List<Delivery> deliveries = list(new DisturbedEvents(simulator(1500), DISTURBANCE, SEED));
        double events = deliveries.stream().filter(delivery -> !delivery.repeat()).count();
        assertThat(events).isGreaterThan(100_000);

        assertThat(deliveries.stream().filter(Delivery::repeat).count() / events)
                .isCloseTo(0.05, within(0.003));
        assertThat(deliveries.stream().filter(Delivery::isDisordered).count() / events)
                .isCloseTo(0.1, within(0.004));
        assertThat(
                        deliveries.stream()
                                .filter(Delivery::isDisordered)
                                .mapToLong(
                                        delivery -> delivery.time() - delivery.event().timestamp())
                                .average()
                                .orElseThrow())
                .isCloseTo(BY.toMillis() / 2.0, within(300.0));
    }

    /** An event that is sent late comes behind younger ones. */
    @Test
    void disorderedEventsComeBehindYoungerOnes() {
        long youngest = Long.MIN_VALUE;
        double behind = 0;
        List<Delivery> deliveries =
                list(new DisturbedEvents(simulator(1500), new Disturbance(0, 0.1, BY), SEED));
        for (Delivery delivery : deliveries) {
            behind += delivery.event().timestamp() < youngest ? 1 : 0;
            youngest = Math.max(youngest, delivery.event().timestamp());
        }

        assertThat(behind / deliveries.size()).isCloseTo(0.1, within(0.005));
    }

    @Test
    void isAFunctionOfSeed() {
        assertThat(list(new DisturbedEvents(simulator(100), DISTURBANCE, 5)))
                .isEqualTo(list(new DisturbedEvents(simulator(100), DISTURBANCE, 5)))
                .isNotEqualTo(list(new DisturbedEvents(simulator(100), DISTURBANCE, 6)));
    }

    @Test
    void oneKindOfDisturbanceDoesNotChangeAnother() {
        List<Delivery> both = list(new DisturbedEvents(simulator(100), DISTURBANCE, SEED));
        List<Delivery> disordered =
                list(new DisturbedEvents(simulator(100), new Disturbance(0, 0.1, BY), SEED));

        assertThat(both.stream().filter(delivery -> !delivery.repeat()).toList())
                .isEqualTo(disordered);
    }

    @Test
    void lateClicksAreOfTheSameImpressions() {
        List<SimulatedEvent> clean = list(simulator(5000));
        List<SimulatedEvent> late = list(new Simulator(world(), SEED, 5000, LATE));

        assertThat(shown(late)).isEqualTo(shown(clean));
        Map<String, Clicked> inTime = clicked(clean);
        Map<String, Clicked> some = clicked(late);
        assertThat(some.keySet()).isEqualTo(inTime.keySet());
        Set<String> changed = new HashSet<>();
        some.forEach(
                (id, click) -> {
                    if (!click.equals(inTime.get(id))) {
                        changed.add(id);
                        assertThat(click.delay()).isBetween(1001L, 5000L);
                    }
                });
        assertThat((double) changed.size() / some.size()).isCloseTo(0.03, within(0.003));
        assertThat(late.stream().map(SimulatedEvent::timestamp)).isSorted();
    }

    @Test
    void delaysAreFromTheImpression() {
        Map<String, Long> shownAt = new HashMap<>();
        for (SimulatedEvent event : list(new Simulator(world(), SEED, 500, LATE))) {
            if (event instanceof Clicked clicked) {
                assertThat(clicked.timestamp())
                        .isEqualTo(shownAt.get(event.impressionId()) + clicked.delay());
            } else {
                shownAt.put(event.impressionId(), event.timestamp());
            }
        }
    }

    private static World world() {
        return new World(1, Worlds.minute(Drift.ABRUPT));
    }

    private static Simulator simulator(double rate) {
        return new Simulator(world(), SEED, rate);
    }

    private static List<SimulatedEvent> events(List<Delivery> deliveries, boolean repeats) {
        return deliveries.stream()
                .filter(delivery -> delivery.repeat() == repeats)
                .map(Delivery::event)
                .toList();
    }

    private static List<Shown> shown(List<SimulatedEvent> events) {
        return events.stream().filter(Shown.class::isInstance).map(Shown.class::cast).toList();
    }

    private static Map<String, Clicked> clicked(List<SimulatedEvent> events) {
        Map<String, Clicked> clicked = new HashMap<>();
        for (SimulatedEvent event : events) {
            if (event instanceof Clicked click) {
                clicked.put(event.impressionId(), click);
            }
        }
        return clicked;
    }

    private static <T> List<T> list(Iterator<T> items) {
        List<T> list = new ArrayList<>();
        items.forEachRemaining(list::add);
        return list;
    }
}
