package io.millrace.jobs.source;

import io.millrace.model.feature.EventTime;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.codec.OtherVersions;
import io.millrace.schemas.codec.UndecodableException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads payloads into {@link Sourced} events: whatever is wrong with one, its time included, makes
 * a dead letter of it. Used by one thread.
 */
public final class SourcedReader<T> {

    private static final byte[] NOTHING = new byte[0];

    private final EventReader.Opened<T> reader;
    private final Duration maxAhead;
    private final OtherVersions.Opened schemas;

    /** Of events that are written with the schemas of this release. */
    public SourcedReader(EventReader<T> recipe, Duration maxAhead) {
        this(recipe, maxAhead, OtherVersions.NONE.open(Integer.MAX_VALUE));
    }

    /**
     * @param maxAhead how far an event time may lie after the record's arrival
     * @param schemas other versions that events are written with
     */
    public SourcedReader(EventReader<T> recipe, Duration maxAhead, OtherVersions.Opened schemas) {
        this.reader = recipe.open();
        this.maxAhead = maxAhead;
        this.schemas = schemas;
    }

    /**
     * Reads one payload.
     *
     * @param untrusted null, as in a Kafka record without a value, is empty
     * @param origin where it came from
     */
    public Sourced<T> read(byte @Nullable [] untrusted, Origin origin) {
        byte[] payload = untrusted == null ? NOTHING : untrusted;
        Sourced.Event<T> event;
        try {
            event = reader.read(schemas.today(payload), origin);
        } catch (UndecodableException e) {
            return reject(origin, payload, e.reason().name(), e);
        } catch (InvalidEventException e) {
            return reject(origin, payload, DeadLetters.INVALID_VALUE, e);
        }
        try {
            checkTime(event.eventTime(), origin, maxAhead);
            return event;
        } catch (InvalidEventException e) {
            return reject(origin, payload, DeadLetters.INVALID_TIME, e);
        }
    }

    /**
     * Refuses a time that no event which arrived then can have.
     *
     * @param time event time, milliseconds since the epoch
     * @param maxAhead how far it may lie after the arrival
     */
    public static void checkTime(long time, Origin origin, Duration maxAhead)
            throws InvalidEventException {
        EventTime.check(time, latestPast(origin), maxAhead.toMillis());
    }

    /**
     * The record's arrival, so that a replay judges alike; but a producer may have set that, and
     * wrongly, so never later than now.
     */
    private static long latestPast(Origin origin) {
        long now = System.currentTimeMillis();
        return origin.arrivalTime() < 0 ? now : Math.min(origin.arrivalTime(), now);
    }

    private static <T> Sourced<T> reject(
            Origin origin, byte[] payload, String reason, Exception cause) {
        return new Sourced.Rejected<>(
                origin,
                DeadLetters.of(
                        origin,
                        payload,
                        reason,
                        String.valueOf(cause.getMessage()),
                        System.currentTimeMillis()));
    }
}
