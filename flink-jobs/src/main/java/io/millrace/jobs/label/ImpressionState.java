package io.millrace.jobs.label;

import io.millrace.model.example.Labellable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/** What the label join knows of the impression id at hand. */
final class ImpressionState<E extends Labellable<E>> {

    private final ValueState<Kept<E>> kept;
    private final @Nullable FormerImpressionState<E> former;

    private ImpressionState(ValueState<Kept<E>> kept, @Nullable FormerImpressionState<E> former) {
        this.kept = kept;
        this.former = former;
    }

    /**
     * @param hasFormer whether there is state in the form of {@link FormerImpressionState}
     */
    static <E extends Labellable<E>> ImpressionState<E> of(
            RuntimeContext runtime, TypeSerializer<E> examples, boolean hasFormer) {
        return new ImpressionState<>(
                runtime.getState(new ValueStateDescriptor<>("kept", KeptSerializer.type(examples))),
                hasFormer ? FormerImpressionState.of(runtime, examples) : null);
    }

    /** Null of an id that nothing is known of. */
    @Nullable Kept<E> get() throws Exception {
        Kept<E> known = kept.value();
        if (known == null && former != null) {
            known = former.take();
            if (known != null) {
                kept.update(known);
            }
        }
        return known;
    }

    void keep(Kept<E> known) throws Exception {
        kept.update(known);
    }

    void forget() throws Exception {
        kept.clear();
    }
}
