package io.millrace.jobs.feature;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.StreamValues;

/** Makes the examples of one model complete. */
public record ModelCompletion(ModelSpec spec) implements Completion<Example> {

    private static final long serialVersionUID = 1L;

    @Override
    public Opened<Example> open() {
        StreamValues values = new StreamValues(spec, KeyGroups.of(spec.stream()));
        FeatureExtractor extractor = new FeatureExtractor(spec);
        return (lacking, rows) -> extractor.complete(lacking, values.of(rows, lacking.eventTime()));
    }
}
