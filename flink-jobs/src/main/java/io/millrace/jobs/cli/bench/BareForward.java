package io.millrace.jobs.cli.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Inputs;
import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.example.Example;
import io.millrace.model.learn.TorchEngine;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import it.unimi.dsi.fastutil.longs.Long2LongMap;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongSortedSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A model's forward pass with nothing around it: weights that it begins with in tensors, and its
 * input ready in arrays. The network alone is given the embeddings, and is the least that scoring
 * can cost on this engine; the whole model looks them up in one tensor, by their numbers, as a
 * model written for PyTorch does. Used by one thread.
 */
final class BareForward implements AutoCloseable {

    private static final long ABSENT = -1;

    private final ModelSpec spec;
    private final NDManager manager;
    private final NDList tensors;

    /** [V, D]. */
    private final NDArray table;

    private final List<Input> inputs = new ArrayList<>();
    private ByteBuffer embeddings = ByteBuffer.allocateDirect(0);
    private ByteBuffer numeric = ByteBuffer.allocateDirect(0);
    private ByteBuffer rowNumbers = ByteBuffer.allocateDirect(0);

    /**
     * @param keys of all embedding rows, which have one width
     * @param requests the examples of each request; a key for each sparse feature
     */
    BareForward(ModelSpec spec, LongSortedSet keys, List<List<Example>> requests) {
        this.spec = spec;
        manager = TorchEngine.newManager(Device.cpu());
        ParameterLayout layout = new ParameterLayout(spec);
        tensors = tensors(layout);
        table = table(layout, keys);
        Long2LongMap numbers = numbers(keys);
        for (List<Example> request : requests) {
            inputs.add(input(layout, numbers, request));
        }
    }

    /** The logits of a request's examples, in their order, by the whole model. */
    float[] logits(int request) {
        Input input = inputs.get(request);
        rowNumbers = withRoom(rowNumbers, input.rowNumbers.length * Long.BYTES);
        try (NDManager call = callWithWeights()) {
            ByteBuffer bytes = rowNumbers.duplicate().order(ByteOrder.nativeOrder());
            bytes.asLongBuffer().put(input.rowNumbers);
            bytes.limit(input.rowNumbers.length * Long.BYTES);
            NDArray numbers =
                    call.create(
                            bytes,
                            new Shape(input.size, input.rowNumbers.length / input.size),
                            DataType.INT64);
            NDArray rows =
                    Embedding.embedding(numbers, table, SparseFormat.DENSE).singletonOrThrow();
            return logits(call, input, rows.reshape(input.size, -1));
        }
    }

    /** The same by the network alone, given the rows. */
    float[] logitsOfRows(int request) {
        Input input = inputs.get(request);
        embeddings = withRoom(embeddings, input.embeddings.length * Float.BYTES);
        try (NDManager call = callWithWeights()) {
            return logits(call, input, tensor(call, embeddings, input.embeddings, input.size));
        }
    }

    private float[] logits(NDManager call, Input input, NDArray rows) {
        numeric = withRoom(numeric, input.numeric.length * Float.BYTES);
        Inputs inputs =
                new Inputs(
                        spec.inputShape(),
                        rows,
                        call.zeros(new Shape(input.size, 0)),
                        tensor(call, numeric, input.numeric, input.size),
                        Inputs.Purpose.SERVING,
                        null);
        return spec.architecture().logits(inputs, tensors).toFloatArray();
    }

    /** Results belong to the manager of their first operand, so the weights are lent to it. */
    private NDManager callWithWeights() {
        NDManager call = manager.newSubManager();
        call.tempAttachAll(tensors);
        call.tempAttachAll(table);
        return call;
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

    private NDArray table(ParameterLayout layout, LongSortedSet keys) {
        int width = layout.width(keys.firstLong());
        float[] rows = new float[Math.multiplyExact(keys.size(), width)];
        int at = 0;
        for (long key : keys) {
            layout.initialize(key, rows, at);
            at += width;
        }
        return manager.create(rows, new Shape(keys.size(), width));
    }

    private static Long2LongMap numbers(LongSortedSet keys) {
        Long2LongMap numbers = new Long2LongOpenHashMap(keys.size());
        numbers.defaultReturnValue(ABSENT);
        for (long key : keys) {
            numbers.put(key, numbers.size());
        }
        return numbers;
    }

    private static long number(Long2LongMap numbers, long key) {
        long number = numbers.get(key);
        if (number == ABSENT) {
            throw new IllegalArgumentException("no row has the key " + Long.toHexString(key));
        }
        return number;
    }

    private Input input(ParameterLayout layout, Long2LongMap numbers, List<Example> examples) {
        int width = spec.inputShape().embeddingWidth();
        int features = examples.get(0).keys().length;
        int numeric = spec.inputShape().numeric();
        long[] rowNumbers = new long[examples.size() * features];
        float[] rows = new float[examples.size() * width];
        float[] values = new float[examples.size() * numeric];
        int at = 0;
        for (int b = 0; b < examples.size(); b++) {
            long[] keys = examples.get(b).keys();
            for (int f = 0; f < features; f++) {
                rowNumbers[b * features + f] = number(numbers, keys[f]);
                layout.initialize(keys[f], rows, at);
                at += layout.width(keys[f]);
            }
            System.arraycopy(examples.get(b).numeric(), 0, values, b * numeric, numeric);
        }
        return new Input(examples.size(), rowNumbers, rows, values);
    }

    private static ByteBuffer withRoom(ByteBuffer buffer, int bytes) {
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
     * @param rowNumbers of each candidate's features, [B, F]
     * @param embeddings the rows of all candidates, [B, embedding width]
     * @param numeric their numbers, [B, N]
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Input(int size, long[] rowNumbers, float[] embeddings, float[] numeric) {}
}
