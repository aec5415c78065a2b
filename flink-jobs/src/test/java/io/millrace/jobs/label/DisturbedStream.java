package io.millrace.jobs.label;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * The same impressions and clicks as they happened, and as they arrive in the real world.
 *
 * @param clean in the order of event time, every click within the attribution window
 * @param disturbed with repeats, out of order, and some clicks after the attribution window
 * @param lateIds impressions whose click came late
 */
record DisturbedStream(List<Event> clean, List<Event> disturbed, List<String> lateIds) {

    static final long WINDOW = 10_000;
    static final long LATE = 90_000;
    static final long OUT_OF_ORDERNESS = 60_000;

    /**
     * @param time event time
     * @param arrival when it comes, in the same clock
     */
    record Event(String id, boolean click, long time, long arrival) {}

    /**
     * @param gap mean time between two impressions, milliseconds
     * @param lateClicks share of clicks after the window
     */
    static DisturbedStream of(long seed, int impressions, long gap, double lateClicks) {
        Random random = new Random(seed);
        List<Event> clean = new ArrayList<>();
        List<Event> disturbed = new ArrayList<>();
        List<String> lateIds = new ArrayList<>();
        long time = 1_000_000;
        for (int i = 0; i < impressions; i++) {
            time += random.nextLong(2 * gap);
            String id = "i" + i;
            add(new Event(id, false, time, time), random, clean, disturbed);
            if (random.nextInt(100) < 30) {
                long delay = random.nextLong(WINDOW + 1);
                Event click = new Event(id, true, time + delay, time + delay);
                if (random.nextDouble() < lateClicks) {
                    long late = time + WINDOW + 1 + random.nextLong(LATE - WINDOW);
                    clean.add(click);
                    disturb(new Event(id, true, late, late), random, disturbed);
                    lateIds.add(id);
                } else {
                    add(click, random, clean, disturbed);
                }
            }
        }
        clean.sort(Comparator.comparingLong(Event::arrival));
        disturbed.sort(Comparator.comparingLong(Event::arrival));
        return new DisturbedStream(clean, disturbed, lateIds);
    }

    private static void add(Event event, Random random, List<Event> clean, List<Event> disturbed) {
        clean.add(event);
        disturb(event, random, disturbed);
    }

    /** One in ten is up to a minute late, one in twenty comes again, up to five minutes later. */
    private static void disturb(Event event, Random random, List<Event> disturbed) {
        long first = event.time() + (random.nextInt(10) == 0 ? random.nextLong(60_000) : 0);
        disturbed.add(new Event(event.id(), event.click(), event.time(), first));
        if (random.nextInt(20) == 0) {
            long again = first + random.nextLong(random.nextBoolean() ? 60_000 : 300_000);
            disturbed.add(new Event(event.id(), event.click(), event.time(), again));
        }
    }

    /** Feeds events into the join, each behind the watermark that its forerunners made. */
    static final class Feed {

        private long newest = Long.MIN_VALUE + OUT_OF_ORDERNESS + 1;

        void feed(Event event, LabelJoinHarness join) throws Exception {
            if (event.click()) {
                join.click(event.id(), event.time(), 0);
            } else {
                join.impress(event.id(), event.time());
            }
            newest = Math.max(newest, event.time());
            join.watermark(newest - OUT_OF_ORDERNESS - 1);
        }

        void feedAll(List<Event> events, LabelJoinHarness join) throws Exception {
            for (Event event : events) {
                feed(event, join);
            }
        }
    }
}
