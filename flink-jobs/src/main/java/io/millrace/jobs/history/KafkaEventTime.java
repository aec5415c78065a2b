package io.millrace.jobs.history;

import io.millrace.jobs.history.HistoryEvent.Kind;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.source.SourcedReader;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Profile;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.OtherVersions;
import io.millrace.schemas.codec.UndecodableException;
import java.time.Duration;

/** The event time in a payload, as production reads it. Used by one thread. */
final class KafkaEventTime {

    private final EventCodec<Impression> impressions;
    private final EventCodec<Click> clicks;
    private final EventCodec<Rating> ratings;
    private final EventCodec<Profile> profiles;
    private final OtherVersions.Opened schemas;
    private final Duration maxAhead;

    KafkaEventTime(KafkaTopics topics) {
        impressions = EventCodec.of(Impression.class, topics.format(), topics.maxBytes());
        clicks = EventCodec.of(Click.class, topics.format(), topics.maxBytes());
        ratings = EventCodec.of(Rating.class, topics.format(), topics.maxBytes());
        profiles = EventCodec.of(Profile.class, topics.format(), topics.maxBytes());
        schemas = topics.schemas().open(topics.maxBytes());
        maxAhead = topics.maxAhead();
    }

    /**
     * The payload of the same event as this release writes it.
     *
     * @throws UndecodableException when it is of another version of a schema, and damaged
     */
    byte[] today(byte[] payload) throws UndecodableException {
        return schemas.today(payload);
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

    /** The same of a profile. */
    long ofProfile(byte[] payload, Origin origin)
            throws UndecodableException, InvalidEventException {
        long time = profiles.decode(payload).getTimestamp();
        SourcedReader.checkTime(time, origin, maxAhead);
        return time;
    }
}
