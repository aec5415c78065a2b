package io.millrace.jobs.score;

import io.millrace.jobs.source.TopicFeed;
import io.millrace.model.stream.FeatureTable;
import io.millrace.schemas.FeatureRow;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.io.Serializable;

/**
 * Where a scorer hears of rows of stream features and profiles.
 *
 * @param format of the feed's payloads
 */
public record FeatureSource(TopicFeed feed, EventFormat format) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Our own job writes them, as large as a topic takes them. */
    private static final int LARGEST = 32 << 20;

    FeatureFollower follow(String model, FeatureTable table) {
        return new FeatureFollower(
                feed, model, EventCodec.of(FeatureRow.class, format, LARGEST), table);
    }
}
