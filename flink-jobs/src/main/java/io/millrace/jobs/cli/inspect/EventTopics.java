package io.millrace.jobs.cli.inspect;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.Click;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.FeatureRow;
import io.millrace.schemas.Impression;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.PrequentialMetrics;
import io.millrace.schemas.Profile;
import io.millrace.schemas.Rating;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecord;

/** Which records the topics of a pipeline hold. */
final class EventTopics {

    private final Map<String, Class<? extends SpecificRecord>> inputs = new LinkedHashMap<>();
    private final Map<String, Class<? extends SpecificRecord>> all = new LinkedHashMap<>();

    EventTopics(PipelineConfig.Topics topics) {
        inputs.put(topics.impressions(), Impression.class);
        inputs.put(topics.clicks(), Click.class);
        inputs.put(topics.ratings(), Rating.class);
        inputs.put(topics.scoreRequests(), ScoreRequest.class);
        topics.profiles().values().forEach(topic -> inputs.put(topic, Profile.class));
        all.putAll(inputs);
        all.put(topics.scores(), Score.class);
        all.put(topics.models(), ModelVersion.class);
        all.put(topics.metrics(), PrequentialMetrics.class);
        all.put(topics.features(), FeatureRow.class);
        all.put(topics.deadLetters(), DeadLetter.class);
    }

    /** What a topic holds; empty when it is not one of the pipeline's. */
    Optional<Class<? extends SpecificRecord>> type(String topic) {
        return Optional.ofNullable(all.get(topic));
    }

    /** The same, of topics that the pipeline reads and others write. */
    Optional<Class<? extends SpecificRecord>> inputType(String topic) {
        return Optional.ofNullable(inputs.get(topic));
    }

    /** Names of the topics that others write. */
    SortedSet<String> inputs() {
        return new TreeSet<>(inputs.keySet());
    }

    /** The text that producers of events take as a record's key. */
    static String key(SpecificRecord event) {
        if (event instanceof Impression impression) {
            return impression.getImpressionId();
        }
        if (event instanceof Click click) {
            return click.getImpressionId();
        }
        if (event instanceof Rating rating) {
            return rating.getUser();
        }
        if (event instanceof ScoreRequest request) {
            return request.getRequestId();
        }
        if (event instanceof Profile profile) {
            return profile.getKey();
        }
        throw new IllegalArgumentException(event.getClass() + " is no input event");
    }
}
