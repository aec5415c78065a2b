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
 * duration, and each click some time after its impression. A function of world, seed, rate and late
 * clicks; the last only decide when a click comes.
 */
public final class Simulator implements Iterator<SimulatedEvent> {

    private final World world;
    private final String idPrefix;
    private final double impressionsPerSecond;
    private final long start;
    private final long impressions;
    private final LateClicks lateClicks;
    private final RandomGenerator random;
    private final RandomGenerator forLateClicks;

    private final PriorityQueue<SimulatedEvent.Clicked> clicksToCome =
            new PriorityQueue<>(
                    Comparator.comparingLong(SimulatedEvent::timestamp)
                            .thenComparing(SimulatedEvent::impressionId));
    private long impressionsMade;

    /** Without late clicks. */
    public Simulator(World world, long seed, double impressionsPerSecond) {
        this(world, seed, impressionsPerSecond, LateClicks.NONE);
    }

    public Simulator(World world, long seed, double impressionsPerSecond, LateClicks lateClicks) {
        if (!(impressionsPerSecond > 0)) {
            throw new IllegalArgumentException("impressions per second must be above 0");
        }
        this.world = world;
        this.impressionsPerSecond = impressionsPerSecond;
        idPrefix = Long.toUnsignedString(seed, Character.MAX_RADIX) + "-";
        start = world.settings().start().toEpochMilli();
        impressions =
                (long) (world.settings().duration().toMillis() / 1000.0 * impressionsPerSecond);
        this.lateClicks = lateClicks;
        random = Seeds.generator(seed, "simulator");
        forLateClicks = Seeds.generator(seed, "late clicks");
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
        SimulatedEvent click = clicksToCome.peek();
        if (impressionsMade < impressions
                && (click == null || timeOf(impressionsMade) <= click.timestamp())) {
            return show();
        }
        if (click == null) {
            throw new NoSuchElementException("the world has ended");
        }
        return clicksToCome.remove();
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
            long delay = delay();
            clicksToCome.add(new SimulatedEvent.Clicked(new Click(id, view.time() + delay), delay));
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
        boolean isLate = forLateClicks.nextDouble() < lateClicks.share();
        long late = lateDelay();
        return isLate ? late : Math.min(drawn, world.settings().maxClickDelay().toMillis());
    }

    private long lateDelay() {
        long after = lateClicks.after().toMillis();
        long span = lateClicks.until().toMillis() - after;
        return after + 1 + (long) (forLateClicks.nextDouble() * span);
    }
}
