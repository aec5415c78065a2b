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

    private final FeatureExtractor features;

    public RequestExamples(ModelSpec spec) {
        features = new FeatureExtractor(spec);
    }

    /**
     * The examples, in the order of the candidates. A candidate's own features win over the
     * request's.
     *
     * @throws InvalidEventException when the request or a candidate does not fit the model's
     *     features
     */
    public List<Example> of(ScoreRequest request) throws InvalidEventException {
        List<Example> examples = new ArrayList<>(request.getCandidates().size());
        FeatureExtractor.Request common =
                features.request(request.getUser(), request.getFeatures(), request.getTimestamp());
        for (Candidate candidate : request.getCandidates()) {
            examples.add(common.extract(candidate.getItem(), candidate.getFeatures()));
        }
        return examples;
    }
}
