package io.millrace.jobs.cli;

import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.parameter.ParameterKey;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Tells the features of a model that no event has a value of, as when a name is misspelt. */
final class AbsentFeatures {

    private AbsentFeatures() {}

    /**
     * Their names, in the order of the model.
     *
     * @param examples all that the events give for the model
     */
    static List<String> of(ModelSpec model, List<Example> examples, FitInput events) {
        long sparse =
                model.features().stream().filter(FeatureSpec.Sparse.class::isInstance).count();
        BitSet present = presentSlots(examples, (int) sparse);
        List<String> absent = new ArrayList<>();
        int slot = 0;
        for (FeatureSpec feature : model.features()) {
            boolean has =
                    feature instanceof FeatureSpec.Dense dense
                            ? events.has(dense.field(), model.objective())
                            : present.get(++slot);
            if (!has) {
                absent.add(feature.name());
            }
        }
        return absent;
    }

    /** The slots, from 1, of which an example has another key than that of the missing value. */
    private static BitSet presentSlots(List<Example> examples, int slots) {
        BitSet present = new BitSet();
        for (Example example : examples) {
            for (long key : example.keys()) {
                if (ParameterKey.hash(key) != ParameterKey.MISSING_HASH) {
                    present.set(ParameterKey.slot(key));
                }
            }
            if (present.cardinality() == slots) {
                break;
            }
        }
        return present;
    }
}
