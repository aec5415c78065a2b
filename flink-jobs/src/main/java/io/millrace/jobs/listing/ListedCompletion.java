package io.millrace.jobs.listing;

import io.millrace.jobs.feature.Completion;
import io.millrace.model.ModelSpec;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.StreamValues;
import java.util.List;

/** Gives listed examples the values of a model's stream features. */
record ListedCompletion(ModelSpec model) implements Completion<ListedExample> {

    @Override
    public Opened<ListedExample> open() {
        StreamValues computed = new StreamValues(model, KeyGroups.of(List.of(model.stream())));
        FeatureValues values = new FeatureValues(model);
        return (lacking, rows) ->
                lacking.with(
                        values.with(lacking.features(), computed.of(rows, lacking.eventTime())));
    }
}
