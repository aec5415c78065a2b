package io.millrace.jobs.simulate;

import java.time.Duration;
import java.time.Instant;

/**
 * What a {@link World} is like, apart from its seed.
 *
 * @param start event time of its first impression
 * @param duration from the first impression to the last
 * @param users number of users
 * @param items items that exist from the start
 * @param newItems items that appear one after another, spread evenly over the duration
 * @param categories number of item categories
 * @param positions places at which an item can be shown, 1 to {@code positions}
 * @param drift how tastes change around the middle of the duration
 * @param meanClickDelay mean of the exponential delay from an impression to its click
 * @param maxClickDelay no click is later than this, but for {@link LateClicks}; keep it below the
 *     attribution window
 */
public record WorldSettings(
        Instant start,
        Duration duration,
        int users,
        int items,
        int newItems,
        int categories,
        int positions,
        Drift drift,
        Duration meanClickDelay,
        Duration maxClickDelay) {

    /** Items that exist from the start in the demo's world. */
    public static final int DEMO_ITEMS = 500;

    /** Items that appear in the demo's world. */
    public static final int DEMO_NEW_ITEMS = 100;

    public WorldSettings {
        require(duration.toMillis() > 0, "duration must be at least a millisecond");
        require(users > 0, "users must be at least 1");
        require(items > 0, "items must be at least 1");
        require(newItems >= 0, "newItems must not be negative");
        require(categories > 0, "categories must be at least 1");
        require(positions > 0, "positions must be at least 1");
        require(meanClickDelay.toMillis() > 0, "meanClickDelay must be at least a millisecond");
        require(!maxClickDelay.isNegative(), "maxClickDelay must not be negative");
    }

    /** The demo's world: clicks come well within the attribution window. */
    public static WorldSettings demo(Instant start, Duration duration, Duration attributionWindow) {
        return new WorldSettings(
                start,
                duration,
                2_000,
                DEMO_ITEMS,
                DEMO_NEW_ITEMS,
                12,
                10,
                Drift.ABRUPT,
                attributionWindow.dividedBy(5),
                attributionWindow.multipliedBy(9).dividedBy(10));
    }

    /** The same world with other changes of taste. */
    public WorldSettings withDrift(Drift newDrift) {
        return new WorldSettings(
                start,
                duration,
                users,
                items,
                newItems,
                categories,
                positions,
                newDrift,
                meanClickDelay,
                maxClickDelay);
    }

    /** The same world with another number of items that appear. */
    public WorldSettings withNewItems(int number) {
        return new WorldSettings(
                start,
                duration,
                users,
                items,
                number,
                categories,
                positions,
                drift,
                meanClickDelay,
                maxClickDelay);
    }

    /** The same world in which clicks come after other times. */
    public WorldSettings withMeanClickDelay(Duration mean) {
        return new WorldSettings(
                start,
                duration,
                users,
                items,
                newItems,
                categories,
                positions,
                drift,
                mean,
                maxClickDelay);
    }

    /** How tastes change. */
    public enum Drift {
        /** Not at all. */
        NONE,
        /** All at once in the middle. */
        ABRUPT,
        /** Gradually, from a quarter of the duration to three quarters. */
        SMOOTH
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
