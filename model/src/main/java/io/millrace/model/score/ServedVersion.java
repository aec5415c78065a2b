package io.millrace.model.score;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.learn.Predictor;
import io.millrace.model.stream.FeatureLookup;
import io.millrace.model.version.Manifest;
import io.millrace.schemas.ScoreRequest;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A version that answers: its weights, its predictor and its reading of requests. It counts its
 * users, of which the one that made it is the first; the last to release it frees its native
 * tensors.
 */
final class ServedVersion {

    private final Manifest manifest;
    private final RequestExamples examples;
    private final Predictor predictor;
    private final AtomicInteger users = new AtomicInteger(1);

    /** Always of the same weights. */
    private volatile ServingTable table;

    ServedVersion(
            Manifest manifest,
            ModelSpec spec,
            ServingTable table,
            FeatureLookup lookup,
            Device device) {
        this.manifest = manifest;
        this.table = table;
        examples = new RequestExamples(spec, lookup);
        predictor = new Predictor(spec, device);
        try {
            predictor.load(table.dense());
        } catch (RuntimeException failure) {
            predictor.close();
            throw failure;
        }
    }

    long version() {
        return manifest.version();
    }

    Manifest manifest() {
        return manifest;
    }

    ServingTable table() {
        return table;
    }

    /** Folds what lies over the base into it, where that is much; those who score do not wait. */
    void fold() {
        table = table.folded();
    }

    Scored score(List<Example> candidates) {
        synchronized (predictor) {
            return new Scored(version(), predictor.predict(candidates, table));
        }
    }

    Scored score(ScoreRequest request) throws InvalidEventException {
        synchronized (predictor) {
            return score(examples.of(request));
        }
    }

    /** Makes the caller a user; false when the last one has gone. */
    boolean acquire() {
        return users.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    void release() {
        if (users.decrementAndGet() == 0) {
            predictor.close();
        }
    }
}
