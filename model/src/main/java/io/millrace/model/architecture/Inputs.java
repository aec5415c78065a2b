package io.millrace.model.architecture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.architecture.InputShape.Field;
import io.millrace.model.architecture.InputShape.Numbers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A micro-batch on its way into a network, for one forward pass. */
public final class Inputs {

    private final InputShape shape;
    private final Purpose purpose;
    private final @Nullable DropoutMasks masks;

    /** x0, where it was given as one tensor. */
    private final @Nullable NDArray whole;

    /** As they were given, or cut out of {@link #whole} when first asked for. */
    private @Nullable Parts parts;

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
        this(shape, null, new Parts(embeddings, weights, numeric), purpose, masks);
    }

    private Inputs(
            InputShape shape,
            @Nullable NDArray whole,
            @Nullable Parts parts,
            Purpose purpose,
            @Nullable DropoutMasks masks) {
        this.shape = shape;
        this.whole = whole;
        this.parts = parts;
        this.purpose = purpose;
        this.masks = masks;
    }

    /**
     * Of fields without linear weights.
     *
     * @param x0 [B, {@link InputShape#width}], all embeddings, then the numbers
     * @param masks for a pass that drops out; null for one that keeps everything
     */
    public static Inputs ofSideBySide(
            InputShape shape, NDArray x0, Purpose purpose, @Nullable DropoutMasks masks) {
        return new Inputs(shape, x0, null, purpose, masks);
    }

    public InputShape shape() {
        return shape;
    }

    /** B. */
    public long size() {
        return (whole == null ? parts().embeddings : whole).getShape().get(0);
    }

    /** All embeddings side by side, [B, embedding width]. */
    public NDArray embeddings() {
        return parts().embeddings;
    }

    /** The embedding of one field, [B, D]. */
    public NDArray embedding(int field) {
        int start = shape.start(field);
        return columns(embeddings(), start, start + shape.fields().get(field).dimension());
    }

    /** The numbers of one dense feature, [B, its width]. */
    NDArray number(int number) {
        int start = shape.numbers().subList(0, number).stream().mapToInt(Numbers::width).sum();
        return columns(numeric(), start, start + shape.numbers().get(number).width());
    }

    /** The same pass without a sparse feature; what it drops out, this has dropped out. */
    Inputs without(int field) {
        Field left = shape.fields().get(field);
        int start = shape.start(field);
        NDArray otherWeights = weights();
        if (left.weighted()) {
            int weight =
                    (int) shape.fields().subList(0, field).stream().filter(Field::weighted).count();
            otherWeights = withoutColumns(otherWeights, weight, weight + 1);
        }
        return new Inputs(
                shape.without(field),
                withoutColumns(embeddings(), start, start + left.dimension()),
                otherWeights,
                numeric(),
                purpose,
                masks);
    }

    /** All embeddings as vectors, [B, F, D]; for fields of one dimension. */
    public NDArray vectors() {
        int fields = shape.fields().size();
        return embeddings().reshape(-1, fields, shape.embeddingWidth() / fields);
    }

    /** The linear weights of the fields that have them, [B, weights]. */
    public NDArray weights() {
        return parts().weights;
    }

    /** [B, N]; N may be 0. */
    public NDArray numeric() {
        return parts().numeric;
    }

    /** x0: all embeddings and numbers side by side, [B, width]. */
    public NDArray sideBySide() {
        if (whole != null) {
            return whole;
        }
        if (shape.numeric() == 0) {
            return embeddings();
        }
        return shape.embeddingWidth() == 0 ? numeric() : embeddings().concat(numeric(), 1);
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
        return new Inputs(shape, whole, parts, purpose, null);
    }

    /** Whether something was dropped out, so that the logits are no predictions. */
    public boolean hasDropped() {
        return masks != null && masks.wereUsed();
    }

    private Parts parts() {
        if (parts == null) {
            NDArray x0 = Objects.requireNonNull(whole);
            NDArray none = x0.getManager().zeros(new Shape(size(), 0));
            int width = shape.embeddingWidth();
            parts =
                    new Parts(
                            width == 0 ? none : columns(x0, 0, width),
                            none,
                            shape.numeric() == 0 ? none : columns(x0, width, shape.width()));
        }
        return parts;
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

    private record Parts(NDArray embeddings, NDArray weights, NDArray numeric) {}
}
