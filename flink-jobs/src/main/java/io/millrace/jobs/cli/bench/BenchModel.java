package io.millrace.jobs.cli.bench;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.architecture.Dlrm;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.AdaGrad;
import java.util.List;

/** The models that benchmarks train and serve, from light to heavy. */
public enum BenchModel {
    MLP("mlp"),
    DLRM("dlrm"),
    DCN_V2("dcn-v2");

    /** Widths of the deep network, and of both networks of DLRM. */
    private static final List<Integer> HIDDEN = List.of(256, 128);

    private final String label;

    BenchModel(String label) {
        this.label = label;
    }

    /** The name in options and results. */
    public String label() {
        return label;
    }

    ModelSpec spec(Objective objective) {
        AdaGrad adagrad = new AdaGrad(0.01, 0.1, 1e-10);
        return new ModelSpec(
                label, objective, Workload.features(), architecture(), adagrad, adagrad, 42);
    }

    private Architecture architecture() {
        return switch (this) {
            case MLP -> new DcnV2(0, 0, HIDDEN, DcnV2.Structure.STACKED);
            case DLRM -> new Dlrm(HIDDEN, HIDDEN, false, true);
            case DCN_V2 -> new DcnV2(3, 0, HIDDEN, DcnV2.Structure.STACKED);
        };
    }

    @Override
    public String toString() {
        return label;
    }
}
