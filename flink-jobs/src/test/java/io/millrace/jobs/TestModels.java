package io.millrace.jobs;

import io.millrace.model.ModelSpec;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.config.ModelSpecReader;

/** Small models for tests. */
public final class TestModels {

    private TestModels() {}

    /** Ratings of 1 to 5 by user, item and, where there is one, a price; called test. */
    public static ModelSpec ratings() {
        return ModelSpecReader.read(ConfigNode.parse(ratings("test"), "test.yaml"));
    }

    /** Which item a user chooses, learned from whole micro-batches; called test. */
    public static ModelSpec retrieval() {
        return ModelSpecReader.read(
                ConfigNode.parse(
                        """
                        model: test
                        seed: 1
                        objective: {type: click}
                        features:
                          user: {type: categorical, dimension: 4}
                          item: {type: categorical, dimension: 4}
                        architecture: {type: two-tower, hidden: [8], dimension: 4, loss: batch-softmax}
                        optimizers:
                          embedding: {type: adagrad, learning-rate: 0.1}
                          dense: {type: adagrad, learning-rate: 0.02}
                        """,
                        "test.yaml"));
    }

    /** The model's part of a pipeline file. */
    static String ratings(String name) {
        return text(name, "{type: rating, min: 1, max: 5}");
    }

    /** The model's part of a pipeline file, for clicks by user, item and price. */
    static String clicks(String name) {
        return text(name, "{type: click}");
    }

    /** The same with one more feature: how often the user was shown something before. */
    static String withStreamFeature(String model) {
        return model.replace(
                        "  price: {type: numeric}\n",
                        "  price: {type: numeric}\n  seen: {type: numeric}\n")
                + "stream-features:\n  seen: {type: count, by: user, of: impression}\n";
    }

    private static String text(String name, String objective) {
        return """
        model: %s
        seed: 1
        objective: %s
        features:
          user: {type: categorical, dimension: 4}
          item: {type: categorical, dimension: 4}
          price: {type: numeric}
        architecture: {type: dcn-v2, cross-layers: 1, hidden: [8]}
        optimizers:
          embedding: {type: adagrad, learning-rate: 0.1}
          dense: {type: adagrad, learning-rate: 0.02}
        """
                .formatted(name, objective);
    }
}
