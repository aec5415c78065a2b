package io.millrace.model.score;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.stream.FeatureLookup;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.RequestValues;
import io.millrace.model.stream.StreamValues;
import io.millrace.schemas.Candidate;
import io.millrace.schemas.ScoreRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns a score request into one unlabelled example a candidate. Used by one thread. */
public final class RequestExamples {

    /**
     * What the candidates of a request may take, if none of their values were shared: a list in the
     * request is there once and yet counts for each candidate. 10,000 candidates of 26 features of
     * dimension 16 take less than a quarter.
     */
    static final long MAX_BYTES = 128L << 20;

    /** A key, its place and that of its weights, in the example and while the batch is built. */
    private static final int BYTES_BY_KEY = 32;

    private final FeatureExtractor features;

    /** Null when the model has neither stream features nor profiles. */
    private final @Nullable StreamValues stream;

    private final FeatureLookup lookup;

    /** By sparse feature, what a value of it takes. */
    private final int[] valueBytes;

    /** Of a model without stream features, or with keys that nothing has happened to. */
    public RequestExamples(ModelSpec spec) {
        this(spec, FeatureLookup.NONE);
    }

    /**
     * @param lookup the rows of stream features and profiles
     */
    public RequestExamples(ModelSpec spec, FeatureLookup lookup) {
        features = new FeatureExtractor(spec);
        stream =
                spec.stream().isEmpty()
                        ? null
                        : new StreamValues(spec, KeyGroups.of(spec.stream()));
        this.lookup = lookup;
        valueBytes =
                spec.inputShape().fields().stream()
                        .mapToInt(field -> BYTES_BY_KEY + field.width() * Float.BYTES)
                        .toArray();
    }

    /**
     * The examples, in the order of the candidates. A candidate's own features win over the
     * request's.
     *
     * @throws InvalidEventException when the request or a candidate does not fit the model's
     *     features, or the candidates have more values in all than can be scored at once
     */
    public List<Example> of(ScoreRequest request) throws InvalidEventException {
        List<Example> examples = new ArrayList<>(request.getCandidates().size());
        RequestValues derived =
                stream == null
                        ? null
                        : stream.request(
                                lookup,
                                request.getUser(),
                                request.getFeatures(),
                                request.getTimestamp());
        FeatureExtractor.Request common =
                features.request(
                        request.getUser(),
                        request.getFeatures(),
                        derived == null ? Map.of() : derived.common(),
                        request.getTimestamp());
        long bytes = 0;
        for (Candidate candidate : request.getCandidates()) {
            String item = candidate.getItem();
            Map<String, Object> own = candidate.getFeatures();
            Example example =
                    common.extract(item, own, derived == null ? Map.of() : derived.own(item, own));
            bytes += bytes(example);
            if (bytes > MAX_BYTES) {
                throw tooLarge(request);
            }
            examples.add(example);
        }
        return examples;
    }

    private long bytes(Example example) {
        long bytes = example.numeric().length * 2L * Float.BYTES;
        int from = 0;
        for (int f = 0; f < valueBytes.length; f++) {
            int to = example.ends()[f];
            bytes += (to - from) * (long) valueBytes[f];
            from = to;
        }
        return bytes;
    }

    private static InvalidEventException tooLarge(ScoreRequest request) {
        return new InvalidEventException(
                "the request has "
                        + request.getCandidates().size()
                        + " candidates, whose feature values would take more than "
                        + (MAX_BYTES >> 20)
                        + " MiB to score; expected fewer candidates at a time, or shorter lists");
    }
}
