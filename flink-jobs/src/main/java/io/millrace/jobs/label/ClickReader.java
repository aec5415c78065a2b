package io.millrace.jobs.label;

import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;
import io.millrace.schemas.Click;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;

/** Reads clicks. */
public record ClickReader<E>(EventFormat format, int maxBytes)
        implements EventReader<LabelEvent<E>> {

    @Override
    public Opened<LabelEvent<E>> open() {
        EventCodec<Click> codec = EventCodec.of(Click.class, format, maxBytes);
        return (payload, origin) -> {
            Click event = codec.decode(payload);
            Identifiers.check("impressionId", event.getImpressionId());
            Clicked click =
                    new Clicked(event.getImpressionId(), event.getTimestamp(), origin, payload);
            return new Sourced.Event<>(origin, click.time(), new LabelEvent.OfClick<>(click));
        };
    }
}
