package io.millrace.model.architecture;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.example.Example;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.learn.Predictor;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.RowCopies;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import io.millrace.model.version.VersionWriter;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A model that learns in plain memory, with the rows and the optimizers of a job's. */
final class OnlineModel implements AutoCloseable {

    private final ModelSpec spec;
    private final ParameterLayout layout;
    private final ParameterTable table;
    private final Learner learner;
    private final Predictor predictor;

    OnlineModel(ModelSpec spec) {
        this.spec = spec;
        layout = new ParameterLayout(spec);
        table =
                new ParameterTable(
                        layout, new MemoryRowStore(), ParameterTable.cacheBytes(layout, 1000));
        learner = new Learner(spec, Device.cpu());
        predictor = new Predictor(spec, Device.cpu());
    }

    /** One step; returns the predictions made before it. */
    float[] learn(List<Example> examples) {
        MicroBatch batch = batch(examples);
        int keys = batch.keys().length;
        float[] weights = new float[batch.weightCount()];
        int[] places = table.pull(batch.keys(), 0, keys, weights, 0);
        long[] updates = new long[keys];
        table.examples(batch.keys(), 0, keys, places, updates, 0);
        float[] gradients = new float[batch.weightCount()];
        float[] predictions = learner.learn(batch, weights, updates, gradients);
        table.push(batch.keys(), 0, keys, batch.examplesByKey(), gradients, 0, 1, null);
        return predictions;
    }

    /** What learning would predict. */
    float[] predict(List<Example> examples) {
        MicroBatch batch = batch(examples);
        return learner.predict(batch, weights(batch));
    }

    /** What serving predicts. */
    float[] score(List<Example> examples) {
        predictor.load(dense());
        return predictor.predict(examples, this::write);
    }

    /** The dense vector without padding. */
    float[] dense() {
        float[] padded = new float[layout.dense().blocks() * DenseLayout.BLOCK];
        for (int block = 0; block < layout.dense().blocks(); block++) {
            write(ParameterKey.ofDenseBlock(block), padded, block * DenseLayout.BLOCK);
        }
        return Arrays.copyOf(padded, layout.dense().size());
    }

    /** The weights of all that these examples need, end to end. */
    float[] weights(List<Example> examples) {
        return weights(batch(examples));
    }

    /** Publishes all rows as version 1. */
    void publish(VersionStorage storage) throws IOException {
        RowCopies copies = new RowCopies();
        table.cut(1, copies);
        RowBuffer row = new RowBuffer();
        PartInfo part;
        String path = VersionPaths.newPart(spec.name(), 1, 0);
        try (RowFileWriter writer = RowFileWriter.create(storage, path, 0)) {
            for (int i : copies.changedByKey()) {
                copies.show(i, row);
                writer.add(copies.key(i), row, layout.width(copies.key(i)));
            }
            part = writer.finish();
        }
        new VersionWriter(storage)
                .commit(
                        new Manifest(
                                spec.name(),
                                1,
                                null,
                                1,
                                Map.of(),
                                0,
                                ModelSpecWriter.hash(spec),
                                ModelSpecWriter.write(spec),
                                List.of(part),
                                0,
                                Map.of(),
                                0,
                                0));
    }

    @Override
    public void close() {
        learner.close();
        predictor.close();
    }

    private MicroBatch batch(List<Example> examples) {
        return MicroBatch.of(examples, layout, 1, key -> 0);
    }

    private float[] weights(MicroBatch batch) {
        float[] weights = new float[batch.weightCount()];
        table.pull(batch.keys(), 0, batch.keys().length, weights, 0);
        return weights;
    }

    private void write(long key, float[] weights, int at) {
        table.pull(new long[] {key}, 0, 1, weights, at);
    }
}
