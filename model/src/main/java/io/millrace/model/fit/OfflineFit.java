package io.millrace.model.fit;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.learn.MicroBatchBuilder;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.MemoryRowStore;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.ParameterTable;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Trains one model from its initial weights, in epochs over examples that are all there: the same
 * network, optimizers and parameter table as a job's, but every example is learned from several
 * times, in an order that is shuffled anew in each epoch.
 *
 * <p>What comes of it is a function of the model (with its seed), the settings and the examples.
 * For one thread, and for one training.
 */
public final class OfflineFit implements AutoCloseable {

    /** Of a feature: that of unseen values and that of rare ones. */
    private static final int SHARED_ROWS = 2;

    /** Room beside the rows themselves. */
    private static final long SPARE_BYTES = 1 << 20;

    private final ModelSpec spec;
    private final FitSettings settings;
    private final Criterion criterion;
    private final ParameterLayout layout;
    private final MicroBatchBuilder batches;
    private final Learner learner;

    /** Whether the learner has to know how many examples have updated each row. */
    private final boolean countsExamples;

    public OfflineFit(ModelSpec spec, FitSettings settings, Criterion criterion) {
        this.spec = spec;
        this.settings = settings;
        this.criterion = criterion;
        layout = new ParameterLayout(spec);
        batches = new MicroBatchBuilder(layout, 1, key -> 0);
        learner = new Learner(spec, Device.cpu());
        countsExamples = spec.architecture().batchLoss().isPresent();
    }

    /**
     * Trains for all epochs, or with patience until the examples for stopping are predicted no
     * better any more; the weights of the best epoch then count.
     *
     * @param learned the examples to learn from
     * @param stopping the examples that tell when to stop; not looked at without patience
     * @param held the examples that the result is judged by; nothing else depends on them
     * @throws IllegalArgumentException with patience, when the criterion is not defined over the
     *     examples for stopping
     * @throws io.millrace.model.learn.DivergedException when a loss or gradient is not finite
     */
    public FitResult fit(List<Example> learned, List<Example> stopping, List<Example> held) {
        if (settings.patience() > 0 && !criterion.isDefinedOver(stopping)) {
            throw new IllegalArgumentException(
                    "%s has no value over the examples for stopping, %s: it cannot tell when to stop"
                            .formatted(
                                    criterion.metric(),
                                    stopping.isEmpty()
                                            ? "of which there are none"
                                            : "which all have one label"));
        }
        ParameterTable table = new ParameterTable(layout, new MemoryRowStore(), bytes(learned));
        List<Example> shuffled = new ArrayList<>(learned.size());
        learned.forEach(example -> shuffled.add(asSampled(example)));
        Random random = new Random(spec.seed());
        if (settings.patience() > 0) {
            return fitWithPatience(table, shuffled, random, stopping, held);
        }
        for (int epoch = 0; epoch < settings.epochs(); epoch++) {
            learn(table, shuffled, random);
        }
        FittedWeights weights = FittedWeights.copy(layout, table, settings.epochs());
        return result(weights, settings.epochs(), held);
    }

    /** All negatives are there, so each counts for the share of a stream that samples them. */
    private Example asSampled(Example example) {
        return example.label() == 0
                        && spec.objective() instanceof Objective.Click click
                        && click.negativeSampling() < 1
                ? example.labelled(0, (float) (example.weight() * click.negativeSampling()))
                : example;
    }

    @Override
    public void close() {
        learner.close();
    }

    private FitResult fitWithPatience(
            ParameterTable table,
            List<Example> shuffled,
            Random random,
            List<Example> stopping,
            List<Example> held) {
        learn(table, shuffled, random);
        FittedWeights best = FittedWeights.copy(layout, table, 1);
        double bestValue = judge(best, stopping);
        int bestEpoch = 1;
        int epoch = 1;
        while (epoch < settings.epochs() && epoch - bestEpoch < settings.patience()) {
            epoch++;
            learn(table, shuffled, random);
            FittedWeights weights = FittedWeights.copy(layout, table, epoch);
            double value = judge(weights, stopping);
            if (criterion.isBetter(value, bestValue)) {
                best = weights;
                bestValue = value;
                bestEpoch = epoch;
            }
        }
        return result(best, bestEpoch, held);
    }

    private FitResult result(FittedWeights weights, int epochs, List<Example> held) {
        return new FitResult(judge(weights, held), epochs, weights.count());
    }

    /** One epoch. */
    private void learn(ParameterTable table, List<Example> examples, Random random) {
        Collections.shuffle(examples, random);
        for (int from = 0; from < examples.size(); from += settings.microBatch()) {
            int to = Math.min(examples.size(), from + settings.microBatch());
            learn(table, batches.build(examples.subList(from, to)));
        }
    }

    /** No vocabulary expires here: the examples come in no order of time. */
    private void learn(ParameterTable table, MicroBatch batch) {
        long[] keys = batch.keys();
        float[] weights = new float[batch.weightCount()];
        float[] gradients = new float[batch.weightCount()];
        int[] places = table.pull(keys, 0, keys.length, weights, 0);
        long[] counts = new long[countsExamples ? keys.length : 0];
        table.examples(keys, 0, counts.length, places, counts, 0);
        byte[] standings = new byte[layout.countsValues() ? keys.length : 0];
        table.standings(keys, 0, standings.length, places, standings, 0);
        MicroBatch resolved = batch.resolve(standings, weights);
        var unused = learner.learn(resolved, weights, counts, gradients);
        resolved.writeMoments(gradients);
        table.push(
                keys,
                0,
                keys.length,
                resolved.examplesByKey(),
                gradients,
                0,
                batch.maxEventTime(),
                places);
    }

    private double judge(FittedWeights weights, List<Example> examples) {
        float[] predictions = new float[examples.size()];
        for (int from = 0; from < examples.size(); from += settings.microBatch()) {
            int to = Math.min(examples.size(), from + settings.microBatch());
            MicroBatch batch = batches.build(examples.subList(from, to));
            float[] pulled = weights.of(batch.keys(), batch.weightCount());
            MicroBatch resolved = batch.resolve(weights.standings(batch.keys()), pulled);
            float[] some = learner.predict(resolved, pulled);
            System.arraycopy(some, 0, predictions, from, some.length);
        }
        return criterion.judge(examples, predictions);
    }

    /** Memory for all rows: a table gives each sparse slot the same number of them. */
    private long bytes(List<Example> examples) {
        LongOpenHashSet keys = new LongOpenHashSet();
        int[] rows = new int[1 + layout.sparse()];
        for (Example example : examples) {
            for (long key : example.keys()) {
                if (keys.add(key)) {
                    rows[ParameterKey.slot(key)]++;
                }
            }
        }
        long most = Arrays.stream(rows).max().orElse(0);
        return ParameterTable.cacheBytes(layout, (most + SHARED_ROWS) * layout.sparse())
                + SPARE_BYTES;
    }
}
