package io.millrace.jobs.backtest;

import io.millrace.jobs.feature.Completion;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.StreamSpec;
import io.millrace.model.stream.StreamValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the examples of several models complete, of rows that they share.
 *
 * @param profiles of the pipelines' models
 */
record BacktestCompletion(BacktestProfiles profiles) implements Completion<BacktestExample> {

    private static final long serialVersionUID = 1L;

    @Override
    public Opened<BacktestExample> open() {
        List<ModelSpec> specs = profiles.models();
        List<OneModel> models = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            ModelSpec spec = specs.get(i);
            models.add(
                    new OneModel(
                            new StreamValues(spec, groups(spec)),
                            profiles.groups(i),
                            new FeatureExtractor(spec)));
        }
        return (lacking, rows) -> {
            @Nullable Example[] inputs = lacking.examples().clone();
            for (int i = 0; i < inputs.length; i++) {
                Example input = inputs[i];
                if (input != null && !specs.get(i).stream().isEmpty()) {
                    inputs[i] = models.get(i).complete(input, rows);
                }
            }
            return lacking.complete(inputs);
        };
    }

    /** The stream features of all, as in the rows, and the profiles of the model. */
    private KeyGroups groups(ModelSpec spec) {
        List<StreamSpec> all = new ArrayList<>();
        for (ModelSpec one : profiles.models()) {
            all.add(new StreamSpec(one.stream().features(), List.of()));
        }
        all.add(new StreamSpec(List.of(), spec.stream().profiles()));
        return KeyGroups.of(all);
    }

    /**
     * @param groups by the id that the values ask for, that of the rows
     */
    private record OneModel(
            StreamValues values, Map<String, String> groups, FeatureExtractor extractor) {

        Example complete(Example lacking, Map<String, List<byte[]>> rows) {
            return extractor.complete(lacking, values.of(own(rows), lacking.eventTime()));
        }

        private Map<String, List<byte[]>> own(Map<String, List<byte[]>> rows) {
            if (groups.isEmpty()) {
                return rows;
            }
            Map<String, List<byte[]>> own = new HashMap<>(rows);
            groups.forEach((id, shared) -> own.put(id, rows.getOrDefault(shared, List.of())));
            return own;
        }
    }
}
