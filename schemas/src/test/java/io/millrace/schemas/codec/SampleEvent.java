package io.millrace.schemas.codec;

import io.millrace.schemas.Candidate;
import io.millrace.schemas.CandidateScore;
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
import io.millrace.schemas.ScoreStatus;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** One event of each record type with every field filled; the golden files hold these. */
record SampleEvent<T extends SpecificRecord>(Class<T> type, T event) {

    private static final long NOON = 1_700_000_000_000L;

    static List<SampleEvent<?>> all() {
        return List.of(
                new SampleEvent<>(Impression.class, impression()),
                new SampleEvent<>(Click.class, new Click("impression-1", NOON + 1_500)),
                new SampleEvent<>(
                        Rating.class, new Rating(NOON, "user-7", "item-3", 4.5, features())),
                new SampleEvent<>(ScoreRequest.class, scoreRequest()),
                new SampleEvent<>(Score.class, score()),
                new SampleEvent<>(
                        ModelVersion.class,
                        new ModelVersion(
                                "clicks", 12L, 11L, 34L, "clicks/12/manifest.json", NOON + 2_000)),
                new SampleEvent<>(PrequentialMetrics.class, metrics()),
                new SampleEvent<>(DeadLetter.class, deadLetter()),
                new SampleEvent<>(Profile.class, new Profile("user-7", NOON, features())),
                new SampleEvent<>(FeatureRow.class, featureRow()));
    }

    static Impression impression() {
        return new Impression("impression-1", NOON, "user-7", "item-3", features());
    }

    /** A value of every type that a feature can have, in an order that each encoding keeps. */
    private static Map<String, Object> features() {
        Map<String, Object> features = new LinkedHashMap<>();
        features.put("position", 2L);
        features.put("price", 3.0);
        features.put("returning", true);
        features.put("country", "Österreich");
        features.put("genres", List.of("drama", "noir"));
        features.put("age", null);
        return features;
    }

    private static ScoreRequest scoreRequest() {
        Candidate plain = new Candidate("item-3", new HashMap<>());
        Candidate withFeature = new Candidate("item-4", new HashMap<>(Map.of("price", 0.25)));
        return new ScoreRequest(
                "request-1",
                NOON,
                "user-7",
                features(),
                new ArrayList<>(List.of(plain, withFeature)));
    }

    private static Score score() {
        return new Score(
                "request-1",
                NOON + 3,
                "clicks",
                ScoreStatus.SCORED,
                12L,
                new ArrayList<>(
                        List.of(
                                new CandidateScore("item-3", 0.125),
                                new CandidateScore("item-4", 1e-9))),
                "filled for the golden file");
    }

    private static PrequentialMetrics metrics() {
        Map<String, Double> total = new LinkedHashMap<>();
        total.put("auc", 0.75);
        total.put("logloss", 0.5);
        Map<String, Double> window = new LinkedHashMap<>();
        window.put("auc", Double.NaN);
        return new PrequentialMetrics("clicks", NOON + 4_000, 1_000_000L, NOON, total, window);
    }

    private static DeadLetter deadLetter() {
        return new DeadLetter(
                "impressions",
                3,
                4_294_967_296L,
                NOON,
                ByteBuffer.wrap(new byte[] {(byte) 0xC3, 0x01, 0x00, -1}),
                "TRUNCATED",
                "The payload ends at byte 4, inside the 10 bytes of its header.",
                NOON + 5);
    }

    private static FeatureRow featureRow() {
        return new FeatureRow(
                "clicks",
                "by:user,genres",
                "user-7,noir",
                NOON + 6,
                ByteBuffer.wrap(new byte[] {1, 0, 0, -1}));
    }

    EventCodec<T> codec(EventFormat format) {
        return EventCodec.of(type, format);
    }

    byte[] encoded(EventFormat format) {
        return codec(format).encode(event);
    }

    @Override
    public String toString() {
        return type.getSimpleName();
    }
}
