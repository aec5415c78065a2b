package io.millrace.model.architecture;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.loss.Objective;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Examples for the fields that the cases' features are read from. */
final class CaseExamples {

    private static final int VALUES = 5;

    private CaseExamples() {}

    /** The exclusive or of user and item: all four pairs, all else being equal. */
    static List<Example> xor(ModelSpec spec) {
        FeatureExtractor extractor = new FeatureExtractor(spec);
        List<Example> examples = new ArrayList<>();
        for (int user = 0; user < 2; user++) {
            for (int item = 0; item < 2; item++) {
                examples.add(
                        extract(
                                extractor,
                                user,
                                item,
                                Map.of("genres", List.of("g"), "age", 0.5, "price", -0.5),
                                user ^ item));
            }
        }
        return examples;
    }

    /** Different examples with repeated values, labelled as the objective has it. */
    static List<Example> random(ModelSpec spec, int count, long seed) {
        FeatureExtractor extractor = new FeatureExtractor(spec);
        boolean isClick = spec.objective() instanceof Objective.Click;
        int least = isClick ? 0 : 2;
        int range = isClick ? 1 : 2;
        Random random = new Random(seed);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> genres = new ArrayList<>();
            for (int genre = 0; genre <= random.nextInt(3); genre++) {
                genres.add("g" + random.nextInt(VALUES));
            }
            Map<String, Object> features =
                    Map.of(
                            "genres",
                            genres,
                            "age",
                            random.nextDouble() * 2 - 1,
                            "price",
                            random.nextDouble() * 2 - 1,
                            "position",
                            "p" + random.nextInt(VALUES));
            examples.add(
                    extract(
                            extractor,
                            random.nextInt(VALUES),
                            random.nextInt(VALUES),
                            features,
                            random.nextInt(2) * range + least));
        }
        return examples;
    }

    private static Example extract(
            FeatureExtractor extractor,
            int user,
            int item,
            Map<String, Object> features,
            int label) {
        try {
            return extractor
                    .extract("u" + user, "i" + item, features, Map.of(), 1)
                    .labelled(label, 1);
        } catch (InvalidEventException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
