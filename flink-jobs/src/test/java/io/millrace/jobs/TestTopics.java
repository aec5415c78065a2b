package io.millrace.jobs;

import io.millrace.jobs.embedded.EmbeddedKafka;
import java.util.List;

/** The topics of a pipeline, by their default names. */
public final class TestTopics {

    private TestTopics() {}

    public static void create(EmbeddedKafka kafka) {
        for (String topic :
                List.of(
                        "impressions",
                        "clicks",
                        "ratings",
                        "score-requests",
                        "scores",
                        "metrics",
                        "dead-letters")) {
            kafka.createTopic(topic, 1);
        }
        kafka.createTopic("models", 1, true);
    }
}
