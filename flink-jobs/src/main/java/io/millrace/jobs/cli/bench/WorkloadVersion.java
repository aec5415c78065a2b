package io.millrace.jobs.cli.bench;

import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import io.millrace.model.version.VersionWriter;
import io.millrace.schemas.Rating;
import it.unimi.dsi.fastutil.longs.LongAVLTreeSet;
import it.unimi.dsi.fastutil.longs.LongSortedSet;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Two versions of a model: a base with a row for each value of a workload, and a delta with the
 * tenth of them that occurs most, for those change between versions. All rows have their first
 * weights.
 */
final class WorkloadVersion {

    static final long BASE = 1;
    static final long DELTA = 2;

    private static final long IN_DELTA = 10;

    private WorkloadVersion() {}

    /** Writes the base; the workload's first events must go through all values. */
    static void writeBase(VersionStorage storage, ModelSpec spec, Workload workload)
            throws IOException {
        var unused = write(storage, spec, workload, BASE, null, workload.fillers());
    }

    /** Writes the delta to the base. A scorer lays it over the base if it serves that already. */
    static Manifest writeDelta(VersionStorage storage, ModelSpec spec, Workload workload)
            throws IOException {
        long events = Math.max(1, workload.fillers() / IN_DELTA);
        return write(storage, spec, workload, DELTA, (Long) BASE, events);
    }

    /** The embedding rows of the base, in the order of row files. */
    static LongSortedSet rows(ModelSpec spec, Workload workload) {
        return keys(spec, workload, workload.fillers()).tailSet(ParameterKey.ofMissing(1));
    }

    /** The first events have the values that occur most. */
    private static Manifest write(
            VersionStorage storage,
            ModelSpec spec,
            Workload workload,
            long version,
            @Nullable Long parent,
            long events)
            throws IOException {
        Manifest manifest =
                new Manifest(
                        spec.name(),
                        version,
                        parent,
                        version,
                        Map.of(),
                        0,
                        ModelSpecWriter.hash(spec),
                        ModelSpecWriter.write(spec),
                        List.of(part(storage, spec, version, keys(spec, workload, events))),
                        0,
                        Map.of(),
                        workload.fillers(),
                        System.currentTimeMillis());
        new VersionWriter(storage).commit(manifest);
        return manifest;
    }

    private static PartInfo part(
            VersionStorage storage, ModelSpec spec, long version, LongSortedSet keys)
            throws IOException {
        ParameterLayout layout = new ParameterLayout(spec);
        String path = VersionPaths.newPart(spec.name(), version, 0);
        try (RowFileWriter rows = RowFileWriter.create(storage, path, 0)) {
            for (long key : keys) {
                float[] weights = new float[layout.width(key)];
                layout.initialize(key, weights, 0);
                rows.add(key, new RowBuffer().over(weights, 0, weights.length), weights.length);
            }
            return rows.finish();
        }
    }

    /** Of the network and the first events, in the order of row files. */
    private static LongSortedSet keys(ModelSpec spec, Workload workload, long events) {
        LongSortedSet keys = new LongAVLTreeSet(Long::compareUnsigned);
        int blocks = new ParameterLayout(spec).dense().blocks();
        for (int block = 0; block < blocks; block++) {
            keys.add(ParameterKey.ofDenseBlock(block));
        }
        FeatureExtractor features = new FeatureExtractor(spec);
        for (long number = 0; number < events; number++) {
            for (long key : keys(features, workload.rating(number))) {
                keys.add(key);
            }
        }
        return keys;
    }

    private static long[] keys(FeatureExtractor features, Rating event) {
        try {
            return features.extract(
                            event.getUser(),
                            event.getItem(),
                            event.getFeatures(),
                            Map.of(),
                            event.getTimestamp())
                    .keys();
        } catch (InvalidEventException e) {
            throw new IllegalStateException("the workload does not fit its own model", e);
        }
    }
}
