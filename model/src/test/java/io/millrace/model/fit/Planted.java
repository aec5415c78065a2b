package io.millrace.model.fit;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.Adam;
import io.millrace.model.parameter.RowOptimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Users and items of two kinds each: users rate 4 what is of their own kind, and else 2. */
final class Planted {

    static final int USERS = 30;
    static final int ITEMS = 20;
    static final int DIMENSION = 4;
    static final Objective RATING = new Objective.Rating(1, 5);

    private static final List<FeatureSpec> FEATURES =
            List.of(
                    new FeatureSpec.Categorical("user", "user", DIMENSION),
                    new FeatureSpec.Categorical("item", "item", DIMENSION));

    private Planted() {}

    static ModelSpec spec(long seed) {
        Adam adam = new Adam(0.02, 0.9, 0.999, 1e-8);
        return spec(seed, RATING, adam, adam);
    }

    static ModelSpec spec(
            long seed, Objective objective, RowOptimizer embedding, RowOptimizer dense) {
        return new ModelSpec(
                "planted",
                objective,
                FEATURES,
                new DcnV2(1, 0, List.of(8), DcnV2.Structure.PARALLEL),
                embedding,
                dense,
                seed);
    }

    /** Every user with every item once, at ascending times. */
    static List<Example> examples() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < USERS * ITEMS; i++) {
            int user = i / ITEMS;
            int item = i % ITEMS;
            examples.add(example(user, item, i, (user + item) % 2 == 0 ? 4 : 2));
        }
        return examples;
    }

    /** The same users and items with ratings that mean nothing. */
    static List<Example> noise(long seed) {
        Random random = new Random(seed);
        return examples().stream()
                .map(example -> example.labelled(1 + random.nextInt(5), 1))
                .toList();
    }

    static Example example(int user, int item, long time, float label) {
        try {
            return new FeatureExtractor(spec(0))
                    .extract("u" + user, "i" + item, Map.of(), Map.of(), time)
                    .labelled(label, 1);
        } catch (InvalidEventException e) {
            throw new AssertionError(e);
        }
    }
}
