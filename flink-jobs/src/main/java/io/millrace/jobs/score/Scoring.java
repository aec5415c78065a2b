package io.millrace.jobs.score;

import io.millrace.jobs.version.VersionDirectory;
import io.millrace.jobs.wire.EventTypes;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.jspecify.annotations.Nullable;

/** Scoring, wired: requests and announcements in, scores out. */
public final class Scoring {

    private Scoring() {}

    /**
     * @param features where stream features and profiles come from; null for a model without
     */
    public static DataStream<Score> wire(
            DataStream<ScoreRequest> requests,
            DataStream<ModelVersion> announcements,
            String model,
            VersionDirectory directory,
            int torchThreads,
            @Nullable FeatureSource features,
            int parallelism) {
        return requests.connect(announcements.broadcast(ScoreRequests.ANNOUNCED))
                .process(
                        new ScoreRequests(model, directory, torchThreads, features),
                        EventTypes.SCORE)
                .name("score")
                .uid(model + "-score")
                .setParallelism(parallelism);
    }
}
