package io.millrace.jobs.cli.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Inputs;
import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.example.Example;
import io.millrace.model.learn.TorchEngine;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The least that scoring can cost on this engine: the network's forward pass, with the weights that
 * a model begins with in tensors and its input, rows and numbers, lying ready in arrays. Used by
 * one thread.
 */
final class BareForward implements AutoCloseable {

    private final ModelSpec spec;
    private final NDManager manager;
    private final NDList tensors;
    private final List<Input> inputs = new ArrayList<>();
    private ByteBuffer embeddings = ByteBuffer.allocateDirect(0);
    private ByteBuffer numeric = ByteBuffer.allocateDirect(0);

    /**
     * @param requests the examples of each request; a key for each sparse feature
     */
    BareForward(ModelSpec spec, List<List<Example>> requests) {
        this.spec = spec;
        manager = TorchEngine.newManager(Device.cpu());
        ParameterLayout layout = new ParameterLayout(spec);
        tensors = tensors(layout);
        for (List<Example> request : requests) {
            inputs.add(input(layout, request));
        }
    }

    /** The logits of a request's examples, in their order. */
    float[] logits(int request) {
        Input input = inputs.get(request);
        embeddings = withRoom(embeddings, input.embeddings.length);
        numeric = withRoom(numeric, input.numeric.length);
        try (NDManager call = manager.newSubManager()) {
            // Results belong to the manager of their first operand, so the weights are lent to it.
            call.tempAttachAll(tensors);
            Inputs inputs =
                    new Inputs(
                            spec.inputShape(),
                            tensor(call, embeddings, input.embeddings, input.size),
                            call.zeros(new Shape(input.size, 0)),
                            tensor(call, numeric, input.numeric, input.size),
                            Inputs.Purpose.SERVING,
                            null);
            return spec.architecture().logits(inputs, tensors).toFloatArray();
        }
    }

    @Override
    public void close() {
        manager.close();
    }

    private NDList tensors(ParameterLayout layout) {
        DenseLayout dense = layout.dense();
        float[] weights = new float[dense.blocks() * DenseLayout.BLOCK];
        for (int block = 0; block < dense.blocks(); block++) {
            layout.initialize(ParameterKey.ofDenseBlock(block), weights, block * DenseLayout.BLOCK);
        }
        NDList made = new NDList();
        List<TensorSpec> specs = dense.tensors();
        for (int i = 0; i < specs.size(); i++) {
            Shape shape = new Shape(specs.get(i).dimensions());
            float[] values = new float[(int) shape.size()];
            System.arraycopy(weights, dense.start(i), values, 0, values.length);
            made.add(manager.create(values, shape));
        }
        return made;
    }

    private Input input(ParameterLayout layout, List<Example> examples) {
        int width = spec.inputShape().embeddingWidth();
        int numbers = spec.inputShape().numeric();
        float[] rows = new float[examples.size() * width];
        float[] values = new float[examples.size() * numbers];
        int at = 0;
        for (int b = 0; b < examples.size(); b++) {
            for (long key : examples.get(b).keys()) {
                layout.initialize(key, rows, at);
                at += layout.width(key);
            }
            System.arraycopy(examples.get(b).numeric(), 0, values, b * numbers, numbers);
        }
        return new Input(examples.size(), rows, values);
    }

    private static ByteBuffer withRoom(ByteBuffer buffer, int floats) {
        int bytes = floats * Float.BYTES;
        return buffer.capacity() >= bytes ? buffer : ByteBuffer.allocateDirect(bytes);
    }

    /** [rows, values / rows]; lies in the buffer, where the engine's memory is the processor's. */
    private static NDArray tensor(NDManager call, ByteBuffer buffer, float[] values, int rows) {
        ByteBuffer bytes = buffer.duplicate().order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        bytes.limit(values.length * Float.BYTES);
        return call.create(bytes, new Shape(rows, values.length / rows), DataType.FLOAT32);
    }

    /**
     * @param embeddings the rows of all candidates, [B, embedding width]
     * @param numeric their numbers, [B, N]
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Input(int size, float[] embeddings, float[] numeric) {}
}
