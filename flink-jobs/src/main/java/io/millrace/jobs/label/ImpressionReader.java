package io.millrace.jobs.label;

import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;
import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.util.Map;

/** Reads impressions into inputs that wait for a label. */
public record ImpressionReader(ModelSpec spec, EventFormat format, int maxBytes)
        implements EventReader<Impressed> {

    @Override
    public Opened<Impressed> open() {
        EventCodec<Impression> codec = EventCodec.of(Impression.class, format, maxBytes);
        FeatureExtractor extractor = new FeatureExtractor(spec);
        return (payload, origin) -> {
            Impression event = codec.decode(payload);
            Identifiers.check("impressionId", event.getImpressionId());
            return new Sourced.Event<>(
                    origin,
                    event.getTimestamp(),
                    new Impressed(
                            event.getImpressionId(),
                            extractor.extract(
                                    event.getUser(),
                                    event.getItem(),
                                    event.getFeatures(),
                                    Map.of(),
                                    event.getTimestamp())));
        };
    }
}
