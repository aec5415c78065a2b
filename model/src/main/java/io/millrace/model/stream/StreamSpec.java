package io.millrace.model.stream;

import java.io.Serializable;
import java.util.List;

/**
 * What a model wants to know of the events before an example, and of profiles.
 *
 * @param features in the order of the pipeline file; each is a field that features may read by its
 *     name
 * @param profiles in the order of the pipeline file; features read their fields as {@code
 *     profile.field}
 */
public record StreamSpec(List<StreamFeature> features, List<Profile> profiles)
        implements Serializable {

    /** Nothing. */
    public static final StreamSpec NONE = new StreamSpec(List.of(), List.of());

    public StreamSpec {
        features = List.copyOf(features);
        profiles = List.copyOf(profiles);
    }

    public boolean isEmpty() {
        return features.isEmpty() && profiles.isEmpty();
    }

    /** Whether a field comes from here, and so never from an event. */
    public boolean provides(String field) {
        return features.stream().anyMatch(feature -> feature.name().equals(field))
                || profiles.stream().anyMatch(profile -> field.startsWith(profile.prefix()));
    }
}
