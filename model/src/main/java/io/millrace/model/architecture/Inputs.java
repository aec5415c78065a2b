package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.architecture.InputShape.Field;
import io.millrace.model.architecture.InputShape.Numbers;
import org.jspecify.annotations.Nullable;

/** A micro-batch on its way into a network, for one forward pass. */
public final class Inputs {

    private final InputShape shape;
    private final NDArray embeddings;
    private final NDArray weights;
    private final NDArray numeric;
    private final Purpose purpose;
    private final @Nullable DropoutMasks masks;

    /** What the logits are for. */
    public enum Purpose {
        /** To be learned from, or compared with what happened. */
        LEARNING,
        /** To rank what was not shown yet: where it would be shown is not known. */
        SERVING
    }

    /**
     * @param embeddings [B, {@link InputShape#embeddingWidth}], field after field
     * @param weights [B, {@link InputShape#weights}], the linear weights of the fields that have
     *     them
     * @param numeric [B, N]
     * @param masks for a pass that drops out; null for one that keeps everything
     */
    public Inputs(
            InputShape shape,
            NDArray embeddings,
            NDArray weights,
            NDArray numeric,
            Purpose purpose,
            @Nullable DropoutMasks masks) {
        this.shape = shape;
        this.embeddings = embeddings;
        this.weights = weights;
        this.numeric = numeric;
        this.purpose = purpose;
        this.masks = masks;
    }

    public InputShape shape() {
        return shape;
    }

    /** B. */
    public long size() {
        return embeddings.getShape().get(0);
    }

    /** All embeddings side by side, [B, embedding width]. */
    public NDArray embeddings() {
        return embeddings;
    }

    /** The embedding of one field, [B, D]. */
    public NDArray embedding(int field) {
        int start = shape.start(field);
        return columns(embeddings, start, start + shape.fields().get(field).dimension());
    }

    /** The numbers of one dense feature, [B, its width]. */
    NDArray number(int number) {
        int start = shape.numbers().subList(0, number).stream().mapToInt(Numbers::width).sum();
        return columns(numeric, start, start + shape.numbers().get(number).width());
    }

    /** The same pass without a sparse feature; what it drops out, this has dropped out. */
    Inputs without(int field) {
        Field left = shape.fields().get(field);
        int start = shape.start(field);
        NDArray otherWeights = weights;
        if (left.weighted()) {
            int weight =
                    (int) shape.fields().subList(0, field).stream().filter(Field::weighted).count();
            otherWeights = withoutColumns(weights, weight, weight + 1);
        }
        return new Inputs(
                shape.without(field),
                withoutColumns(embeddings, start, start + left.dimension()),
                otherWeights,
                numeric,
                purpose,
                masks);
    }

    /** All embeddings as vectors, [B, F, D]; for fields of one dimension. */
    public NDArray vectors() {
        int fields = shape.fields().size();
        return embeddings.reshape(-1, fields, shape.embeddingWidth() / fields);
    }

    /** The linear weights of the fields that have them, [B, weights]. */
    public NDArray weights() {
        return weights;
    }

    /** [B, N]; N may be 0. */
    public NDArray numeric() {
        return numeric;
    }

    /** x0: all embeddings and numbers side by side, [B, width]. */
    public NDArray sideBySide() {
        if (shape.numeric() == 0) {
            return embeddings;
        }
        return shape.embeddingWidth() == 0 ? numeric : embeddings.concat(numeric, 1);
    }

    /** Whether this pass is for {@link Purpose#SERVING}. */
    public boolean isServing() {
        return purpose == Purpose.SERVING;
    }

    /**
     * Dropout: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from
     * Overfitting", 2014. While learning, sets each number to 0 with probability {@code rate} and
     * divides the others by 1 - rate; else leaves them.
     */
    public NDArray dropout(NDArray x, double rate) {
        if (masks == null || rate == 0) {
            return x;
        }
        return x.mul(masks.next(x.getManager(), x.getShape(), rate));
    }

    /** The same arrays for a pass that keeps everything. */
    public Inputs withoutDropout() {
        return new Inputs(shape, embeddings, weights, numeric, purpose, null);
    }

    /** Whether something was dropped out, so that the logits are no predictions. */
    public boolean hasDropped() {
        return masks != null && masks.wereUsed();
    }

    private static NDArray withoutColumns(NDArray x, long from, long to) {
        long width = x.getShape().get(1);
        if (from == 0 || to == width) {
            return columns(x, from == 0 ? to : 0, from == 0 ? width : from);
        }
        return columns(x, 0, from).concat(columns(x, to, width), 1);
    }

    /** Columns {@code from} to {@code to} of [B, n]. */
    static NDArray columns(NDArray x, long from, long to) {
        Shape shape = x.getShape();
        return from == 0 && to == shape.get(1)
                ? x
                : x.get(new NDIndex().addAllDim().addSliceDim(from, to));
    }
}
