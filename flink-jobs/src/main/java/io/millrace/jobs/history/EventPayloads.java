package io.millrace.jobs.history;

import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import org.apache.avro.specific.SpecificRecord;

/** Turns impressions, clicks and ratings into payloads and back. Used by one thread. */
public final class EventPayloads {

    private final EventCodec<Impression> impressions;
    private final EventCodec<Click> clicks;
    private final EventCodec<Rating> ratings;

    public EventPayloads(EventFormat format) {
        impressions = EventCodec.of(Impression.class, format);
        clicks = EventCodec.of(Click.class, format);
        ratings = EventCodec.of(Rating.class, format);
    }

    /** What kind of event that is. */
    public static HistoryEvent.Kind kind(SpecificRecord event) {
        if (event instanceof Impression) {
            return HistoryEvent.Kind.IMPRESSION;
        }
        if (event instanceof Click) {
            return HistoryEvent.Kind.CLICK;
        }
        if (event instanceof Rating) {
            return HistoryEvent.Kind.RATING;
        }
        throw new IllegalArgumentException(event.getClass() + " is no input event");
    }

    /** Event time, milliseconds since the epoch. */
    public static long time(SpecificRecord event) {
        return switch (kind(event)) {
            case IMPRESSION -> ((Impression) event).getTimestamp();
            case CLICK -> ((Click) event).getTimestamp();
            case RATING -> ((Rating) event).getTimestamp();
        };
    }

    public byte[] encode(SpecificRecord event) {
        return switch (kind(event)) {
            case IMPRESSION -> impressions.encode((Impression) event);
            case CLICK -> clicks.encode((Click) event);
            case RATING -> ratings.encode((Rating) event);
        };
    }

    /**
     * The event of a payload.
     *
     * @throws UndecodableException when there is none of that kind in it
     */
    public SpecificRecord decode(HistoryEvent.Kind kind, byte[] payload)
            throws UndecodableException {
        return switch (kind) {
            case IMPRESSION -> impressions.decode(payload);
            case CLICK -> clicks.decode(payload);
            case RATING -> ratings.decode(payload);
        };
    }
}
