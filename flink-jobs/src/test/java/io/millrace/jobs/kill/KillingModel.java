package io.millrace.jobs.kill;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.InputShape;
import io.millrace.model.architecture.Inputs;
import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.parameter.RowOptimizer;
import java.util.List;

/** The same model, whose forward passes and row updates kill as planned. */
public final class KillingModel {

    private static final StackWalker STACK = StackWalker.getInstance();

    private KillingModel() {}

    public static ModelSpec of(ModelSpec spec) {
        return new ModelSpec(
                spec.name(),
                spec.objective(),
                spec.features(),
                new KillingArchitecture(spec.architecture()),
                new KillingOptimizer(spec.embeddingOptimizer()),
                spec.denseOptimizer(),
                spec.seed());
    }

    /** Training goes on while a checkpoint waits for its last step. */
    private static void behindTheBarrier() {
        if (Kills.isHeld()) {
            Kills.at(KillPlace.BARRIER_PASSED);
        }
    }

    private static boolean draining() {
        return STACK.walk(
                frames ->
                        frames.anyMatch(
                                frame ->
                                        frame.getMethodName().equals("prepareSnapshotPreBarrier")));
    }

    private record KillingArchitecture(Architecture inner) implements Architecture {
        @Override
        public String type() {
            return inner.type();
        }

        @Override
        public InputShape.Field field(InputShape.Field declared) {
            return inner.field(declared);
        }

        @Override
        public List<TensorSpec> tensors(InputShape input) {
            return inner.tensors(input);
        }

        @Override
        public NDArray logits(Inputs inputs, NDList tensors) {
            Kills.forward(inputs.size());
            behindTheBarrier();
            Kills.at(KillPlace.FORWARD);
            if (Kills.isArmed(KillPlace.DRAIN) && draining()) {
                Kills.at(KillPlace.DRAIN);
            }
            return inner.logits(inputs, tensors);
        }
    }

    private record KillingOptimizer(RowOptimizer inner) implements RowOptimizer {
        @Override
        public String type() {
            return inner.type();
        }

        @Override
        public int stateSize(int width) {
            return inner.stateSize(width);
        }

        @Override
        public void update(float[] row, int at, int width, float[] gradient, int gradientAt) {
            behindTheBarrier();
            Kills.at(KillPlace.UPDATE);
            inner.update(row, at, width, gradient, gradientAt);
        }
    }
}
