package io.millrace.jobs.wire;

import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.FeatureRow;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.PrequentialMetrics;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.io.IOException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** Events of our schemas between operators, in the encoding that they have on topics. */
public abstract class EventSerializer<T extends SpecificRecord> extends ImmutableSerializer<T> {

    private static final long serialVersionUID = 1L;

    private final Class<T> type;
    private transient @Nullable EventCodec<T> codec;

    private EventSerializer(Class<T> type) {
        this.type = type;
    }

    @Override
    public void serialize(T event, DataOutputView target) throws IOException {
        WireArrays.write(codec().encode(event), target);
    }

    @Override
    public T deserialize(DataInputView source) throws IOException {
        try {
            return codec().decode(WireArrays.readBytes(source));
        } catch (UndecodableException e) {
            throw new IOException(
                    "a " + type.getSimpleName() + " was damaged between operators", e);
        }
    }

    private EventCodec<T> codec() {
        if (codec == null) {
            codec = EventCodec.of(type, EventFormat.AVRO, Integer.MAX_VALUE);
        }
        return codec;
    }

    /** {@link DeadLetter}. */
    public static final class OfDeadLetter extends EventSerializer<DeadLetter> {
        private static final long serialVersionUID = 1L;

        public OfDeadLetter() {
            super(DeadLetter.class);
        }

        @Override
        public OfDeadLetter duplicate() {
            return new OfDeadLetter();
        }
    }

    /** {@link PrequentialMetrics}. */
    public static final class OfMetrics extends EventSerializer<PrequentialMetrics> {
        private static final long serialVersionUID = 1L;

        public OfMetrics() {
            super(PrequentialMetrics.class);
        }

        @Override
        public OfMetrics duplicate() {
            return new OfMetrics();
        }
    }

    /** {@link ScoreRequest}. */
    public static final class OfScoreRequest extends EventSerializer<ScoreRequest> {
        private static final long serialVersionUID = 1L;

        public OfScoreRequest() {
            super(ScoreRequest.class);
        }

        @Override
        public OfScoreRequest duplicate() {
            return new OfScoreRequest();
        }
    }

    /** {@link Score}. */
    public static final class OfScore extends EventSerializer<Score> {
        private static final long serialVersionUID = 1L;

        public OfScore() {
            super(Score.class);
        }

        @Override
        public OfScore duplicate() {
            return new OfScore();
        }
    }

    /** {@link FeatureRow}. */
    public static final class OfFeatureRow extends EventSerializer<FeatureRow> {
        private static final long serialVersionUID = 1L;

        public OfFeatureRow() {
            super(FeatureRow.class);
        }

        @Override
        public OfFeatureRow duplicate() {
            return new OfFeatureRow();
        }
    }

    /** {@link ModelVersion}. */
    public static final class OfModelVersion extends EventSerializer<ModelVersion> {
        private static final long serialVersionUID = 1L;

        public OfModelVersion() {
            super(ModelVersion.class);
        }

        @Override
        public OfModelVersion duplicate() {
            return new OfModelVersion();
        }
    }
}
