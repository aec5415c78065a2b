package io.millrace.jobs.backtest;

import io.millrace.jobs.feature.Completion;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.StreamValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the examples of several models complete, of rows that they share.
 *
 * @param specs the pipelines' models, in their order
 */
record BacktestCompletion(List<ModelSpec> specs) implements Completion<BacktestExample> {

    private static final long serialVersionUID = 1L;

    BacktestCompletion {
        specs = List.copyOf(specs);
    }

    @Override
    public Opened<BacktestExample> open() {
        KeyGroups groups = KeyGroups.of(specs.stream().map(ModelSpec::stream).toList());
        List<OneModel> models = new ArrayList<>();
        for (ModelSpec spec : specs) {
            models.add(new OneModel(new StreamValues(spec, groups), new FeatureExtractor(spec)));
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

    private record OneModel(StreamValues values, FeatureExtractor extractor) {
        Example complete(Example lacking, Map<String, List<byte[]>> rows) {
            return extractor.complete(lacking, values.of(rows, lacking.eventTime()));
        }
    }
}
