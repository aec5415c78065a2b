package io.millrace.jobs.feature;

import io.millrace.model.example.Labellable;
import io.millrace.model.stream.StreamKeys;

/**
 * An example whose stream features are not known yet, and what it takes to find them.
 *
 * @param example without them
 * @param keys of its event, whose rows have them
 */
public record Draft<E extends Labellable<E>>(E example, StreamKeys keys)
        implements Labellable<Draft<E>> {

    @Override
    public long eventTime() {
        return example.eventTime();
    }

    @Override
    public float label() {
        return example.label();
    }

    @Override
    public float weight() {
        return example.weight();
    }

    @Override
    public Draft<E> labelled(float label, float weight) {
        return new Draft<>(example.labelled(label, weight), keys);
    }
}
