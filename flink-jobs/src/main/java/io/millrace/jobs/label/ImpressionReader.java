package io.millrace.jobs.label;

import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;
import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;

/** Reads impressions into inputs that wait for a label. */
public record ImpressionReader<E>(ExampleRecipe<E> recipe, EventFormat format, int maxBytes)
        implements EventReader<LabelEvent<E>> {

    @Override
    public Opened<LabelEvent<E>> open() {
        EventCodec<Impression> codec = EventCodec.of(Impression.class, format, maxBytes);
        ExampleRecipe.Opened<E> examples = recipe.open();
        return (payload, origin) -> {
            Impression event = codec.decode(payload);
            Identifiers.check("impressionId", event.getImpressionId());
            E example =
                    examples.make(
                            event.getUser(),
                            event.getItem(),
                            event.getFeatures(),
                            event.getTimestamp());
            return new Sourced.Event<>(
                    origin,
                    event.getTimestamp(),
                    new LabelEvent.Impressed<>(
                            event.getImpressionId(), example, new Received(origin, payload)));
        };
    }
}
