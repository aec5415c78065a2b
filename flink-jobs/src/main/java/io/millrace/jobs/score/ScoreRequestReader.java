package io.millrace.jobs.score;

import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;

/** Reads score requests; what is wrong with one's features is answered, not set aside. */
public record ScoreRequestReader(EventFormat format, int maxBytes)
        implements EventReader<ScoreRequest> {

    /** How long an answer takes counts from then, whatever the request says of its time. */
    @Override
    public boolean byArrival() {
        return true;
    }

    @Override
    public Opened<ScoreRequest> open() {
        EventCodec<ScoreRequest> codec = EventCodec.of(ScoreRequest.class, format, maxBytes);
        return (payload, origin) -> {
            ScoreRequest request = codec.decode(payload);
            return new Sourced.Event<>(origin, request.getTimestamp(), request);
        };
    }
}
