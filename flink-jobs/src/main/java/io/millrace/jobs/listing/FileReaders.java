package io.millrace.jobs.listing;

import io.millrace.jobs.feature.FeatureEvent;
import io.millrace.jobs.source.EventReader;
import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The readers of a file's lines, as they would be of topics.
 *
 * @param impressions null when the model does not learn from impressions
 * @param clicks the same
 * @param ratings null when it does not learn from ratings
 * @param profiles by name
 */
record FileReaders<T>(
        @Nullable EventReader<T> impressions,
        @Nullable EventReader<T> clicks,
        @Nullable EventReader<T> ratings,
        Map<String, EventReader<FeatureEvent>> profiles)
        implements Serializable {}
