package io.millrace.jobs.simulate;

import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/**
 * The events of a world in order of event time: impressions at a constant rate for the world's
 * duration, and each click some time after its impression. A function of world, seed and rate.
 */
public final class Simulator implements Iterator<SimulatedEvent> {

    private final World world;
    private final String idPrefix;
    private final double impressionsPerSecond;
    private final long start;
    private final long impressions;
    private final RandomGenerator random;

    private final PriorityQueue<Click> clicksToCome =
            new PriorityQueue<>(
                    Comparator.comparingLong(Click::getTimestamp)
                            .thenComparing(Click::getImpressionId));
    private long impressionsMade;

    public Simulator(World world, long seed, double impressionsPerSecond) {
        if (!(impressionsPerSecond > 0)) {
            throw new IllegalArgumentException("impressions per second must be above 0");
        }
        this.world = world;
        this.impressionsPerSecond = impressionsPerSecond;
        idPrefix = Long.toUnsignedString(seed, Character.MAX_RADIX) + "-";
        start = world.settings().start().toEpochMilli();
        impressions =
                (long) (world.settings().duration().toMillis() / 1000.0 * impressionsPerSecond);
        random = Seeds.generator(seed, "simulator");
    }

    /** How many impressions there are in all. */
    public long impressions() {
        return impressions;
    }

    @Override
    public boolean hasNext() {
        return impressionsMade < impressions || !clicksToCome.isEmpty();
    }

    @Override
    public SimulatedEvent next() {
        Click click = clicksToCome.peek();
        if (impressionsMade < impressions
                && (click == null || timeOf(impressionsMade) <= click.getTimestamp())) {
            return show();
        }
        if (click == null) {
            throw new NoSuchElementException("the world has ended");
        }
        return new SimulatedEvent.Clicked(clicksToCome.remove());
    }

    private long timeOf(long impression) {
        return start + (long) (impression * 1000.0 / impressionsPerSecond);
    }

    private SimulatedEvent show() {
        View view = world.draw(random, timeOf(impressionsMade));
        double probability = world.clickProbability(view);
        boolean clicked = random.nextDouble() < probability;
        String id = idPrefix + impressionsMade;
        impressionsMade++;
        if (clicked) {
            clicksToCome.add(new Click(id, view.time() + delay()));
        }
        return new SimulatedEvent.Shown(impression(id, view), probability, clicked);
    }

    private Impression impression(String id, View view) {
        return new Impression(
                id,
                view.time(),
                World.userName(view.user()),
                World.itemName(view.item()),
                Map.of(
                        "position", (long) view.position(),
                        "category", world.category(view.item()),
                        "device", World.deviceName(view.device())));
    }

    private long delay() {
        double mean = world.settings().meanClickDelay().toMillis();
        long drawn = Math.round(-mean * Math.log(1 - random.nextDouble()));
        return Math.min(drawn, world.settings().maxClickDelay().toMillis());
    }
}
