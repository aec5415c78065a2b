package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * In-batch softmax with corrected sampling bias: Yi et al., "Sampling-Bias-Corrected Neural
 * Modeling for Large Corpus Item Recommendations", RecSys 2019, <a
 * href="https://doi.org/10.1145/3298689.3346996">doi 10.1145/3298689.3346996</a>.
 *
 * <p>The items of a batch are a sample of all items, in which popular ones are too frequent. With
 * s(x, y) the similarity over the temperature, what example i scores for the item of example j is
 * corrected by its log-probability to be in the sample, s^c(x_i, y_j) = s(x_i, y_j) - log Q(y_j).
 * The loss is the cross entropy of each row against its own column, weighted by rewards: the sum
 * over i of -r_i log(exp(s^c(x_i, y_i)) / sum_j exp(s^c(x_i, y_j))). It is least when the softmax
 * of s(x, .) over all items is the probability that x chooses them.
 *
 * <p>Where the paper differs: there, Q is the probability of one draw, and an item that is in the
 * batch twice is in the sum twice. Here Q is the probability to be in the batch at all, and each
 * row has every item once: neither accidental hits, the other columns with the row's own item, nor
 * repeats of others. While B draws seldom meet an item twice this is the same up to a constant,
 * which softmax ignores; for items that nearly every batch has, the sum is that of the full
 * softmax. And the loss is the sum over the batch, not its mean.
 */
record BatchSoftmax(TwoTower network) implements BatchLoss {

    /** Far below every score, and finite: 0 times it is 0. */
    private static final float EXCLUDED = -1e30f;

    @Override
    public String item() {
        return network.itemId();
    }

    @Override
    public Pass forward(Inputs inputs, NDList tensors, BatchItems items) {
        NDArray u = network.userVectors(inputs, tensors);
        NDArray v = network.itemVectors(inputs, tensors);
        NDArray scores = network.overTemperature(u.matMul(v.transpose()));
        return new Pass(network.scores(u, v), loss(scores, items));
    }

    /**
     * The loss.
     *
     * @param scores [B, B], s(x_i, y_j)
     */
    static NDArray loss(NDArray scores, BatchItems items) {
        NDManager manager = scores.getManager();
        int size = items.items().length;
        NDArray corrected =
                scores.sub(manager.create(items.logProbabilities(), new Shape(1, size)))
                        .add(Scaling.times(excluded(manager, items), EXCLUDED));
        NDArray diagonal = manager.arange(0, size, 1, DataType.INT64).reshape(size, 1);
        NDArray own = corrected.logSoftmax(1).gather(diagonal, 1).reshape(size);
        return own.mul(manager.create(items.rewards())).sum().neg();
    }

    /**
     * [B, B], 1 where column j is not i itself, but of the item of row i or of an earlier column.
     */
    private static NDArray excluded(NDManager manager, BatchItems items) {
        int size = items.items().length;
        NDArray rows = manager.create(items.items(), new Shape(size, 1));
        NDArray columns = manager.create(items.items(), new Shape(1, size));
        NDArray same = rows.eq(columns).toType(DataType.FLOAT32, false);
        NDArray repeated = manager.create(items.repeated(), new Shape(1, size));
        NDArray identity = manager.eye(size, size, 0, DataType.FLOAT32);
        return same.sub(identity).add(same.neg().add(1).mul(repeated));
    }
}
