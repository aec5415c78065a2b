package io.millrace.jobs.kill;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The kills to come, one after the other. The next is armed when a version has been published that
 * is newer than the newest one at the kill before, so that each life of the job gets further; then
 * the job dies when it comes to the place the n-th time, n from the seed.
 *
 * <p>Static, since what kills is serialized into the job that runs in this process; one job at a
 * time.
 */
public final class Kills {

    private static final Deque<KillPlace> LEFT = new ArrayDeque<>();
    private static final Map<KillPlace, Integer> HIT = new EnumMap<>(KillPlace.class);
    private static final AtomicLong EXAMPLES = new AtomicLong();
    private static final AtomicLong POLLS = new AtomicLong();
    private static Random random = new Random(0);
    private static volatile @Nullable KillPlace armed;
    private static volatile boolean done = true;
    private static volatile boolean held;
    private static int passes;
    private static long newest;
    private static long newestAtKill;

    private Kills() {}

    /** Replaces the plan and forgets what was counted. */
    public static synchronized void plan(List<KillPlace> places, long seed) {
        LEFT.clear();
        LEFT.addAll(places);
        HIT.clear();
        EXAMPLES.set(0);
        POLLS.set(0);
        random = new Random(seed);
        armed = null;
        held = false;
        newest = 0;
        newestAtKill = 0;
        done = LEFT.isEmpty();
    }

    /** How often the job was killed where. */
    public static synchronized Map<KillPlace, Integer> hit() {
        return Map.copyOf(HIT);
    }

    /** Examples that went through a forward pass, replays included. */
    public static long examplesTrained() {
        return EXAMPLES.get();
    }

    /** Whether the job is to be killed here from outside, now. */
    public static synchronized boolean take(KillPlace place) {
        if (armed != place) {
            return false;
        }
        count(place);
        return true;
    }

    /** Comes to a place. */
    static void at(KillPlace place) {
        if (armed == place) {
            passOrDie(place);
        }
    }

    static boolean isArmed(KillPlace place) {
        return armed == place;
    }

    /** A version has been published. */
    static synchronized void published(long version) {
        newest = Math.max(newest, version);
        KillPlace next = LEFT.peek();
        if (armed == null && next != null && newest > newestAtKill) {
            passes =
                    switch (next) {
                        case FORWARD -> 1 + random.nextInt(20);
                        case UPDATE -> 1 + random.nextInt(1000);
                        case BARRIER_PASSED, TASK_MANAGER -> 1;
                        default -> 1 + random.nextInt(2);
                    };
            armed = next;
        }
    }

    /** A forward pass of so many examples. */
    static void forward(long examples) {
        EXAMPLES.addAndGet(examples);
    }

    /** A poll of the source since the kill before; -1 when there are none to come. */
    static long poll() {
        return done ? -1 : POLLS.incrementAndGet();
    }

    /** The checkpoint at hand is complete but for one step, and waits to be killed. */
    static void hold(boolean value) {
        held = value;
    }

    static boolean isHeld() {
        return held;
    }

    private static synchronized void passOrDie(KillPlace place) {
        if (armed != place || --passes > 0) {
            return;
        }
        count(place);
        throw new IllegalStateException("planned kill: " + place);
    }

    private static void count(KillPlace place) {
        LEFT.remove();
        HIT.merge(place, 1, Integer::sum);
        newestAtKill = newest;
        POLLS.set(0);
        armed = null;
        done = LEFT.isEmpty();
    }
}
