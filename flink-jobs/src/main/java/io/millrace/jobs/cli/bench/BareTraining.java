package io.millrace.jobs.cli.bench;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.learn.MicroBatchBuilder;
import io.millrace.model.learn.TorchEngine;
import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import java.util.ArrayList;
import java.util.List;

/**
 * The least that training can cost on this engine: one loop over the same micro-batches with the
 * same model and optimizers, and all rows in memory. Nothing is read, sent, checkpointed or
 * published.
 */
final class BareTraining {

    private static final int BATCHES_AT_ONCE = 64;
    private static final double ROW_HEADROOM = 1.2;
    private static final int BYTES_A_ROW = 256;

    private final Workload workload;
    private final int batchSize;
    private final MicroBatchBuilder batches;
    private final Learner learner;
    private final ParameterTable table;
    private long next;

    private BareTraining(ModelSpec spec, Workload workload, int batchSize) {
        this.workload = workload;
        this.batchSize = batchSize;
        ParameterLayout layout = new ParameterLayout(spec);
        batches = new MicroBatchBuilder(layout, 1, key -> 0);
        learner = new Learner(spec, Device.cpu());
        table =
                new ParameterTable(
                        layout,
                        new MemoryRowStore(),
                        (64L << 20) + (long) (workload.rows() * BYTES_A_ROW * ROW_HEADROOM));
    }

    static TrainingRate run(ModelSpec spec, Workload workload, BenchSettings settings) {
        TorchEngine.start(settings.threads());
        BareTraining training = new BareTraining(spec, workload, settings.batch());
        try {
            training.train(settings.warmUp().toNanos() * 1e-9);
            return training.train(settings.window().toNanos() * 1e-9);
        } finally {
            training.learner.close();
        }
    }

    /** Learns for so many seconds; making the examples does not count. */
    private TrainingRate train(double seconds) {
        double wall = 0;
        double cpu = 0;
        long examples = 0;
        while (wall < seconds) {
            List<List<Example>> made = make();
            Clock clock = new Clock();
            made.forEach(this::learn);
            wall += clock.seconds();
            cpu += clock.cpuSeconds();
            examples += (long) BATCHES_AT_ONCE * batchSize;
        }
        return TrainingRate.of(examples / wall, cpu / examples * 1e6);
    }

    private List<List<Example>> make() {
        List<List<Example>> made = new ArrayList<>();
        for (int i = 0; i < BATCHES_AT_ONCE; i++) {
            List<Example> batch = new ArrayList<>(batchSize);
            for (int b = 0; b < batchSize; b++) {
                batch.add(workload.example(next++));
            }
            made.add(batch);
        }
        return made;
    }

    private void learn(List<Example> examples) {
        MicroBatch batch = batches.build(examples);
        long[] keys = batch.keys();
        float[] weights = new float[batch.weightCount()];
        float[] gradients = new float[batch.weightCount()];
        int[] places = table.pull(keys, 0, keys.length, weights, 0);
        var unused = learner.learn(batch, weights, gradients);
        table.push(
                keys,
                0,
                keys.length,
                batch.examplesByKey(),
                gradients,
                0,
                batch.maxEventTime(),
                places);
    }
}
