package io.millrace.jobs.listing;

import io.millrace.jobs.label.ExampleRecipe;
import io.millrace.jobs.label.ModelExamples;
import io.millrace.model.ModelSpec;

/** Makes listed examples of the events that a model's own recipe takes. */
record ListedExamples(ModelSpec model) implements ExampleRecipe<ListedExample> {

    @Override
    public Opened<ListedExample> open() {
        var own = new ModelExamples(model).open();
        FeatureValues values = new FeatureValues(model);
        return (user, item, features, timestamp) -> {
            var unused = own.make(user, item, features, timestamp);
            return new ListedExample(
                    "", 0, user, item, values.of(user, item, features, timestamp), 0, 1, timestamp);
        };
    }
}
