package io.millrace.model.learn;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.feature.FeatureSpec.CategoricalList;
import io.millrace.model.feature.FeatureSpec.Numeric;
import io.millrace.model.feature.FeatureSpec.Pooling;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.RowOptimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A small model with a plain feature, two lists and two numbers, and examples for it. */
final class TestModel {

    static final int DIMENSION = 3;

    static final List<FeatureSpec> FEATURES =
            List.of(
                    new Categorical("user", "user", DIMENSION),
                    number("age"),
                    new CategoricalList("genres", "genres", DIMENSION, Pooling.MEAN, 10),
                    new CategoricalList("tags", "tags", DIMENSION, Pooling.SUM, 10),
                    number("price"));

    private TestModel() {}

    static ModelSpec spec(Architecture architecture, Objective objective) {
        return spec(FEATURES, architecture, objective);
    }

    static ModelSpec spec(
            List<FeatureSpec> features, Architecture architecture, Objective objective) {
        return new ModelSpec(
                "test", objective, features, architecture, new Unused(), new Unused(), 7);
    }

    static FeatureSpec number(String name) {
        return new Numeric(name, name, false, -1e9, 1e9, 0, 1);
    }

    /** Examples in which values repeat, within a list too, and importances differ. */
    static List<Example> examples(int count, long seed) {
        Random random = new Random(seed);
        List<Example> examples = new ArrayList<>();
        for (int b = 0; b < count; b++) {
            long[][] values = {
                values(random, 1, 1),
                values(random, 2, 1 + random.nextInt(3)),
                values(random, 3, 1 + random.nextInt(3))
            };
            float[] numbers = {random.nextFloat() * 2 - 1, random.nextFloat() * 2 - 1};
            examples.add(
                    example(values, numbers)
                            .labelled(random.nextInt(2), 0.5f + random.nextFloat()));
        }
        return examples;
    }

    /** The same examples with the parts that the model's features ask for. */
    static List<Example> examplesFor(ModelSpec spec, int count, long seed) {
        boolean sparse = spec.inputShape().embeddingWidth() > 0;
        boolean numeric = spec.inputShape().numeric() > 0;
        return examples(count, seed).stream()
                .map(
                        example ->
                                new Example(
                                        sparse ? example.keys() : new long[0],
                                        sparse ? example.ends() : new int[0],
                                        numeric ? example.numeric() : new float[0],
                                        example.label(),
                                        example.weight(),
                                        0))
                .toList();
    }

    /** An example of these keys, feature by feature, labelled 0 at time 0. */
    static Example example(long[][] keys, float... numbers) {
        int[] ends = new int[keys.length];
        int end = 0;
        for (int f = 0; f < keys.length; f++) {
            end += keys[f].length;
            ends[f] = end;
        }
        long[] all = Arrays.stream(keys).flatMapToLong(Arrays::stream).toArray();
        return new Example(all, ends, numbers, 0, 1, 0);
    }

    private static long[] values(Random random, int slot, int count) {
        return random.ints(count, 0, 4)
                .mapToLong(v -> ParameterKey.ofValue(slot, 100 + v))
                .toArray();
    }

    /** An optimizer that nothing asks to update. */
    record Unused() implements RowOptimizer {
        @Override
        public String type() {
            return "unused";
        }

        @Override
        public int stateSize(int width) {
            return 0;
        }

        @Override
        public void update(float[] row, int at, int width, float[] gradient, int gradientAt) {
            throw new UnsupportedOperationException();
        }
    }
}
