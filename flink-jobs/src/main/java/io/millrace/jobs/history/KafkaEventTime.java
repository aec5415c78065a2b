package io.millrace.jobs.history;

import io.millrace.jobs.history.HistoryEvent.Kind;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.source.SourcedReader;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.UndecodableException;
import java.time.Duration;

/** The event time in a payload. Used by one thread. */
final class KafkaEventTime {

    private final EventCodec<Impression> impressions;
    private final EventCodec<Click> clicks;
    private final EventCodec<Rating> ratings;
    private final Duration maxAhead;

    KafkaEventTime(KafkaTopics topics) {
        impressions = EventCodec.of(Impression.class, topics.format(), topics.maxBytes());
        clicks = EventCodec.of(Click.class, topics.format(), topics.maxBytes());
        ratings = EventCodec.of(Rating.class, topics.format(), topics.maxBytes());
        maxAhead = topics.maxAhead();
    }

    /**
     * Milliseconds since the epoch.
     *
     * @throws UndecodableException when the payload is no such event
     * @throws InvalidEventException when the time is one that production refuses
     */
    long of(Kind kind, byte[] payload, Origin origin)
            throws UndecodableException, InvalidEventException {
        long time =
                switch (kind) {
                    case IMPRESSION -> impressions.decode(payload).getTimestamp();
                    case CLICK -> clicks.decode(payload).getTimestamp();
                    case RATING -> ratings.decode(payload).getTimestamp();
                };
        SourcedReader.checkTime(time, origin, maxAhead);
        return time;
    }
}
