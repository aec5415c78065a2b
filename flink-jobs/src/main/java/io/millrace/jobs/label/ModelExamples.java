package io.millrace.jobs.label;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import java.util.Map;

/** The examples of one model. */
public record ModelExamples(ModelSpec spec) implements ExampleRecipe<Example> {

    @Override
    public Opened<Example> open() {
        FeatureExtractor extractor = new FeatureExtractor(spec);
        return (user, item, features, timestamp) ->
                extractor.extract(user, item, features, Map.of(), timestamp);
    }
}
