package io.millrace.jobs.label;

import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;
import io.millrace.model.example.Labellable;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.loss.Objective;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;

/** Reads ratings into examples; a rating is its own label. */
public record RatingReader<E extends Labellable<E>>(
        ExampleRecipe<E> recipe, Objective.Rating objective, EventFormat format, int maxBytes)
        implements EventReader<E> {

    @Override
    public Opened<E> open() {
        EventCodec<Rating> codec = EventCodec.of(Rating.class, format, maxBytes);
        ExampleRecipe.Opened<E> examples = recipe.open();
        return (payload, origin) -> {
            Rating event = codec.decode(payload);
            double rating = event.getRating();
            if (!(rating >= objective.min() && rating <= objective.max())) {
                throw new InvalidEventException(
                        "rating is "
                                + rating
                                + "; expected "
                                + objective.min()
                                + " to "
                                + objective.max());
            }
            E example =
                    examples.make(
                            event.getUser(),
                            event.getItem(),
                            event.getFeatures(),
                            event.getTimestamp());
            return new Sourced.Event<>(
                    origin, event.getTimestamp(), example.labelled((float) rating, 1f));
        };
    }
}
