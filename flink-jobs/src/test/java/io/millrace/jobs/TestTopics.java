package io.millrace.jobs;

import java.util.List;

/** The topics of a pipeline, by their default names. */
public final class TestTopics {

    private TestTopics() {}

    public static void create(TestKafka kafka) {
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
        kafka.createTopic("features", 1, true);
    }
}
