package io.millrace.model.parameter;

import io.millrace.model.config.ConfigException;
import io.millrace.model.config.ConfigNode;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The optimizers by the name that the pipeline file gives them. A hyperparameter that the file
 * leaves out has its default: that of PyTorch (FBGEMM for {@link RowWiseAdaGrad}), and beta = 1
 * with alpha = 0.1 for {@link FtrlProximal}, whose paper names only the former.
 */
public final class Optimizers {

    private static final String LEARNING_RATE = "learning-rate";
    private static final String INITIAL_ACCUMULATOR = "initial-accumulator";
    private static final String EPSILON = "epsilon";
    private static final String BETA_1 = "beta1";
    private static final String BETA_2 = "beta2";

    private static final SortedMap<String, Function<ConfigNode, RowOptimizer>> READERS =
            Collections.unmodifiableSortedMap(
                    new TreeMap<>(
                            Map.of(
                                    Sgd.TYPE, Optimizers::sgd,
                                    AdaGrad.TYPE, Optimizers::adaGrad,
                                    RowWiseAdaGrad.TYPE, Optimizers::rowWiseAdaGrad,
                                    Adam.TYPE, Optimizers::adam,
                                    AdamW.TYPE, Optimizers::adamW,
                                    FtrlProximal.TYPE, Optimizers::ftrl)));

    private Optimizers() {}

    /**
     * Reads an optimizer: its name under {@code type}, and its hyperparameters beside.
     *
     * @throws ConfigException for an unknown name, or a hyperparameter outside its range
     */
    public static RowOptimizer read(ConfigNode node) {
        String type = node.string("type");
        Function<ConfigNode, RowOptimizer> reader = READERS.get(type);
        if (reader == null) {
            throw node.error(
                    "type",
                    "expected an optimizer, one of "
                            + String.join(", ", READERS.keySet())
                            + ", found \""
                            + type
                            + "\"");
        }
        try {
            return reader.apply(node);
        } catch (IllegalArgumentException e) {
            throw node.error(String.valueOf(e.getMessage()));
        }
    }

    private static RowOptimizer sgd(ConfigNode node) {
        return new Sgd(node.number(LEARNING_RATE, 0.001));
    }

    private static RowOptimizer adaGrad(ConfigNode node) {
        return new AdaGrad(
                node.number(LEARNING_RATE, 0.01),
                node.number(INITIAL_ACCUMULATOR, 0),
                node.number(EPSILON, 1e-10));
    }

    private static RowOptimizer rowWiseAdaGrad(ConfigNode node) {
        return new RowWiseAdaGrad(
                node.number(LEARNING_RATE, 0.01),
                node.number(INITIAL_ACCUMULATOR, 0),
                node.number(EPSILON, 1e-8));
    }

    private static RowOptimizer adam(ConfigNode node) {
        return new Adam(
                node.number(LEARNING_RATE, 0.001),
                node.number(BETA_1, 0.9),
                node.number(BETA_2, 0.999),
                node.number(EPSILON, 1e-8));
    }

    private static RowOptimizer adamW(ConfigNode node) {
        return new AdamW(
                node.number(LEARNING_RATE, 0.001),
                node.number(BETA_1, 0.9),
                node.number(BETA_2, 0.999),
                node.number(EPSILON, 1e-8),
                node.number("weight-decay", 0.01));
    }

    private static RowOptimizer ftrl(ConfigNode node) {
        return new FtrlProximal(
                node.number("alpha", 0.1),
                node.number("beta", 1),
                node.number("l1", 0),
                node.number("l2", 0));
    }
}
