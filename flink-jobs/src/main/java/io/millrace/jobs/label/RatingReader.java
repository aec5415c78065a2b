package io.millrace.jobs.label;

import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.loss.Objective;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.util.Map;

/** Reads ratings into examples; a rating is its own label. */
public record RatingReader(
        ModelSpec spec, Objective.Rating objective, EventFormat format, int maxBytes)
        implements EventReader<Example> {

    @Override
    public Opened<Example> open() {
        EventCodec<Rating> codec = EventCodec.of(Rating.class, format, maxBytes);
        FeatureExtractor extractor = new FeatureExtractor(spec);
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
            Example example =
                    extractor.extract(
                            event.getUser(),
                            event.getItem(),
                            event.getFeatures(),
                            Map.of(),
                            event.getTimestamp());
            return new Sourced.Event<>(
                    origin, event.getTimestamp(), example.labelled((float) rating, 1f));
        };
    }
}
