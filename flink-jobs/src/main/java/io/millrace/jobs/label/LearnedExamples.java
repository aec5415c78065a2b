package io.millrace.jobs.label;

import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Of what the label join says, the examples that are learned. */
public final class LearnedExamples<E> implements FlatMapFunction<LabelOutcome<E>, E> {

    private static final long serialVersionUID = 1L;

    @Override
    public void flatMap(LabelOutcome<E> outcome, Collector<E> out) {
        if (outcome instanceof LabelOutcome.Labelled<E> labelled) {
            out.collect(labelled.example());
        }
    }
}
