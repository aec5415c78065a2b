package io.millrace.jobs.label;

import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;
import io.millrace.schemas.Click;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;

/** Reads clicks. */
public record ClickReader(EventFormat format, int maxBytes) implements EventReader<Clicked> {

    @Override
    public Opened<Clicked> open() {
        EventCodec<Click> codec = EventCodec.of(Click.class, format, maxBytes);
        return (payload, origin) -> {
            Click event = codec.decode(payload);
            Identifiers.check("impressionId", event.getImpressionId());
            return new Sourced.Event<>(
                    origin,
                    event.getTimestamp(),
                    new Clicked(event.getImpressionId(), event.getTimestamp(), origin, payload));
        };
    }
}
