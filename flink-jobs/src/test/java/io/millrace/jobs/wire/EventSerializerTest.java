package io.millrace.jobs.wire;

import io.millrace.schemas.Candidate;
import io.millrace.schemas.CandidateScore;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.PrequentialMetrics;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.ScoreStatus;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.junit.jupiter.api.Nested;

class EventSerializerTest {

    @Nested
    class DeadLetters extends SerializerContract<DeadLetter> {

        @Override
        protected TypeInformation<DeadLetter> type() {
            return EventTypes.DEAD_LETTER;
        }

        @Override
        protected List<DeadLetter> values() {
            byte[] all = new byte[256];
            for (int i = 0; i < all.length; i++) {
                all[i] = (byte) i;
            }
            return List.of(
                    new DeadLetter("a", 1, 2L, 3L, ByteBuffer.wrap(all), "EMPTY", "why", 4L),
                    new DeadLetter("b", 0, 0L, -1L, ByteBuffer.allocate(0), "", "", 0L));
        }
    }

    @Nested
    class Metrics extends SerializerContract<PrequentialMetrics> {

        @Override
        protected TypeInformation<PrequentialMetrics> type() {
            return EventTypes.METRICS;
        }

        @Override
        protected List<PrequentialMetrics> values() {
            return List.of(
                    new PrequentialMetrics(
                            "m", 1L, 2L, 3L, Map.of("auc", 0.5), Map.of("auc", 0.75)));
        }
    }

    @Nested
    class ScoreRequests extends SerializerContract<ScoreRequest> {

        @Override
        protected TypeInformation<ScoreRequest> type() {
            return EventTypes.SCORE_REQUEST;
        }

        @Override
        protected List<ScoreRequest> values() {
            return List.of(
                    new ScoreRequest(
                            "r",
                            1L,
                            "u",
                            Map.of("price", 2.5, "tags", List.of("a", "b")),
                            List.of(new Candidate("i", Map.of("rank", 7L)))));
        }
    }

    @Nested
    class Scores extends SerializerContract<Score> {

        @Override
        protected TypeInformation<Score> type() {
            return EventTypes.SCORE;
        }

        @Override
        protected List<Score> values() {
            return List.of(
                    new Score(
                            "r",
                            1L,
                            "m",
                            ScoreStatus.SCORED,
                            5L,
                            List.of(new CandidateScore("i", 0.125)),
                            null),
                    new Score("r", 1L, "m", ScoreStatus.NO_VERSION, null, List.of(), "none yet"));
        }
    }

    @Nested
    class ModelVersions extends SerializerContract<ModelVersion> {

        @Override
        protected TypeInformation<ModelVersion> type() {
            return EventTypes.MODEL_VERSION;
        }

        @Override
        protected List<ModelVersion> values() {
            return List.of(
                    new ModelVersion("m", 2L, 1L, 3L, "m/2/manifest.json", 4L),
                    new ModelVersion("m", 1L, null, 2L, "m/1/manifest.json", 3L));
        }
    }
}
