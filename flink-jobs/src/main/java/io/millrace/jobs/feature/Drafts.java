package io.millrace.jobs.feature;

import io.millrace.jobs.label.ExampleRecipe;
import io.millrace.model.example.Labellable;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.StreamSpec;
import java.util.List;

/**
 * Drafts of the examples of a recipe.
 *
 * @param specs of all that the rows are for
 */
public record Drafts<E extends Labellable<E>>(ExampleRecipe<E> examples, List<StreamSpec> specs)
        implements ExampleRecipe<Draft<E>> {

    private static final long serialVersionUID = 1L;

    public Drafts {
        specs = List.copyOf(specs);
    }

    @Override
    public Opened<Draft<E>> open() {
        ExampleRecipe.Opened<E> opened = examples.open();
        KeyGroups groups = KeyGroups.of(specs);
        return (user, item, features, timestamp) ->
                new Draft<>(
                        opened.make(user, item, features, timestamp),
                        groups.keys(user, item, features));
    }
}
