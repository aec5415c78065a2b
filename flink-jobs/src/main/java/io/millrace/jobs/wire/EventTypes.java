package io.millrace.jobs.wire;

import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.FeatureRow;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.PrequentialMetrics;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;

/** The type information of events of our schemas. */
public final class EventTypes {

    public static final SerializerTypeInfo<DeadLetter> DEAD_LETTER =
            SerializerTypeInfo.of(DeadLetter.class, EventSerializer.OfDeadLetter::new);
    public static final SerializerTypeInfo<PrequentialMetrics> METRICS =
            SerializerTypeInfo.of(PrequentialMetrics.class, EventSerializer.OfMetrics::new);
    public static final SerializerTypeInfo<ScoreRequest> SCORE_REQUEST =
            SerializerTypeInfo.of(ScoreRequest.class, EventSerializer.OfScoreRequest::new);
    public static final SerializerTypeInfo<Score> SCORE =
            SerializerTypeInfo.of(Score.class, EventSerializer.OfScore::new);

    public static final SerializerTypeInfo<ModelVersion> MODEL_VERSION =
            SerializerTypeInfo.of(ModelVersion.class, EventSerializer.OfModelVersion::new);

    public static final SerializerTypeInfo<FeatureRow> FEATURE_ROW =
            SerializerTypeInfo.of(FeatureRow.class, EventSerializer.OfFeatureRow::new);

    private EventTypes() {}
}
