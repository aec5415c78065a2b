package io.millrace.jobs.feature;

import io.millrace.jobs.source.EventReader;
import io.millrace.jobs.source.Sourced;
import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.stream.KeyGroup;
import io.millrace.model.stream.StreamUpdate;
import io.millrace.schemas.Profile;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a topic of profiles. A record without a value, which a compacted topic has where a profile
 * was removed, changes nothing: its event has the time 0 and no update.
 *
 * @param models that read the profile
 * @param profile its name
 */
public record ProfileReader(
        List<ModelSpec> models, String profile, EventFormat format, int maxBytes)
        implements EventReader<FeatureEvent> {

    private static final long serialVersionUID = 1L;

    public ProfileReader {
        models = List.copyOf(models);
    }

    @Override
    public Opened<FeatureEvent> open() {
        EventCodec<Profile> codec = EventCodec.of(Profile.class, format, maxBytes);
        List<FeatureExtractor> extractors = models.stream().map(FeatureExtractor::new).toList();
        String group = KeyGroup.profileId(profile);
        return (payload, origin) -> {
            String id = String.format("%05d-%019d", origin.partition(), origin.offset());
            if (payload.length == 0) {
                return new Sourced.Event<>(origin, 0, FeatureEvent.nothing(group, id));
            }
            Profile event = codec.decode(payload);
            Map<String, Object> values = new HashMap<>();
            event.getFeatures().forEach((field, value) -> values.put(prefixed(field), value));
            for (FeatureExtractor extractor : extractors) {
                extractor.requireFit(values);
            }
            return new Sourced.Event<>(
                    origin,
                    event.getTimestamp(),
                    FeatureEvent.profiled(
                            group,
                            key(event),
                            id,
                            StreamUpdate.profiled(event.getTimestamp(), event.getFeatures())));
        };
    }

    private String prefixed(String field) {
        return profile + "." + field;
    }

    private static String key(Profile event) throws InvalidEventException {
        String key = event.getKey();
        if (key.isEmpty() || key.length() > KeyGroup.LONGEST_KEY) {
            throw new InvalidEventException(
                    "key has "
                            + key.length()
                            + " characters; expected 1 to "
                            + KeyGroup.LONGEST_KEY);
        }
        return key;
    }
}
