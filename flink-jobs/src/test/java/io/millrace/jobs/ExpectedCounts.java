package io.millrace.jobs;

import io.millrace.model.ModelSpec;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many examples concern each row, of examples that are added one by one. */
public final class ExpectedCounts {

    private final ModelSpec spec;
    private final FeatureExtractor extractor;
    private final SortedMap<Long, Long> counts = new TreeMap<>();
    private long examples;

    public ExpectedCounts(ModelSpec spec) {
        this.spec = spec;
        extractor = new FeatureExtractor(spec);
    }

    /** Adds an example so many times. */
    public void add(String user, String item, Map<String, Object> features, long time, long times)
            throws InvalidEventException {
        long[] keys = extractor.extract(user, item, features, Map.of(), time).keys();
        Arrays.stream(keys).distinct().forEach(key -> counts.merge(key, times, Long::sum));
        examples += times;
    }

    /** Row key to the number of examples. */
    public SortedMap<Long, Long> counts() {
        SortedMap<Long, Long> all = new TreeMap<>(counts);
        // Before the first example there are no rows, the network's included.
        int blocks = examples == 0 ? 0 : new ParameterLayout(spec).dense().blocks();
        for (int block = 0; block < blocks; block++) {
            all.put(ParameterKey.ofDenseBlock(block), examples);
        }
        return all;
    }
}
