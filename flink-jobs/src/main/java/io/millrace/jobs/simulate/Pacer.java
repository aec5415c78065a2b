package io.millrace.jobs.simulate;

import java.util.concurrent.TimeUnit;

/**
 * Makes a schedule come true: waits, asleep, until the moment of the schedule has come. The first
 * moment awaited is now; the others follow at the schedule's distances divided by the speed. What
 * is late is let through at once until the schedule is met again. Used by one thread.
 */
public final class Pacer {

    private final double speed;
    private final Ticker ticker;
    private boolean started;
    private long firstMillis;
    private long firstNanos;

    /**
     * @param speed 1 for real time, 10 for ten times as fast, infinity for no waiting at all
     */
    public Pacer(double speed) {
        this(speed, Ticker.SYSTEM);
    }

    Pacer(double speed, Ticker ticker) {
        if (!(speed > 0)) {
            throw new IllegalArgumentException("speed must be above 0, but is " + speed);
        }
        this.speed = speed;
        this.ticker = ticker;
    }

    /**
     * Waits for a moment of the schedule.
     *
     * @param millis the moment, e.g. an event's time
     * @return how late it is, in nanoseconds of real time; 0 when it is on time
     */
    public long await(long millis) throws InterruptedException {
        if (!started) {
            started = true;
            firstMillis = millis;
            firstNanos = ticker.nanos();
        }
        if (speed == Double.POSITIVE_INFINITY) {
            return 0;
        }
        long due = (long) (TimeUnit.MILLISECONDS.toNanos(millis - firstMillis) / speed);
        long early = due - (ticker.nanos() - firstNanos);
        if (early > 0) {
            ticker.sleep(early);
        }
        return Math.max(0, -early);
    }

    /** A clock that one can sleep by. */
    interface Ticker {

        Ticker SYSTEM =
                new Ticker() {
                    @Override
                    public long nanos() {
                        return System.nanoTime();
                    }

                    @Override
                    public void sleep(long nanos) throws InterruptedException {
                        TimeUnit.NANOSECONDS.sleep(nanos);
                    }
                };

        long nanos();

        void sleep(long nanos) throws InterruptedException;
    }
}
