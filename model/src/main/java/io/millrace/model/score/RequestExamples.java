package io.millrace.model.score;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.Candidate;
import io.millrace.schemas.ScoreRequest;
import java.util.ArrayList;
import java.util.List;

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

    /** By sparse feature, what a value of it takes. */
    private final int[] valueBytes;

    public RequestExamples(ModelSpec spec) {
        features = new FeatureExtractor(spec);
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
        FeatureExtractor.Request common =
                features.request(request.getUser(), request.getFeatures(), request.getTimestamp());
        long bytes = 0;
        for (Candidate candidate : request.getCandidates()) {
            Example example = common.extract(candidate.getItem(), candidate.getFeatures());
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
