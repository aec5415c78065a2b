package io.millrace.model.score;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.Sgd;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import io.millrace.model.version.VersionWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A model whose score is the sum of what a user's row, an item's row and a bias say: its embeddings
 * have one dimension, and its network is one linear layer. Publishes versions of it.
 */
final class PublishedModel {

    static final String NAME = "sums";

    /**
     * The bias is the last of the dense weights: one for the user, one for the item, and itself.
     */
    private static final int DENSE = 3;

    private final VersionStorage storage;
    private final ModelSpec spec;

    PublishedModel(VersionStorage storage) {
        this(storage, spec("user", "item"));
    }

    PublishedModel(VersionStorage storage, ModelSpec spec) {
        this.storage = storage;
        this.spec = spec;
    }

    /** With two features, in this order, that read the fields of the same names. */
    static ModelSpec spec(String first, String second) {
        return new ModelSpec(
                NAME,
                new Objective.Rating(-10_000, 10_000),
                List.of(new Categorical(first, first, 1), new Categorical(second, second, 1)),
                new DcnV2(0, 0, List.of(), DcnV2.Structure.STACKED),
                new Sgd(0.1),
                new Sgd(0.1),
                5);
    }

    ModelSpec spec() {
        return spec;
    }

    /** Starts a version; {@link Draft#publish} completes it. */
    Draft version(long version, @Nullable Long parent) {
        return new Draft(version, parent);
    }

    /** The rows of a version to be. */
    final class Draft {

        private final long version;
        private final @Nullable Long parent;
        private final SortedMap<Long, float[]> rows = new TreeMap<>(Long::compareUnsigned);

        private int shards = 1;

        private Draft(long version, @Nullable Long parent) {
            this.version = version;
            this.parent = parent;
        }

        /** Weights of one row; none for a deleted one. */
        Draft row(long key, float... weights) {
            rows.put(key, weights);
            return this;
        }

        Draft bias(float bias) {
            float[] block = new float[DenseLayout.BLOCK];
            block[0] = 1;
            block[1] = 1;
            block[DENSE - 1] = bias;
            return row(ParameterKey.ofDenseBlock(0), block);
        }

        /** How many parts the rows are spread over. */
        Draft shards(int count) {
            shards = count;
            return this;
        }

        Manifest publish() throws IOException {
            Manifest manifest =
                    new Manifest(
                            NAME,
                            version,
                            parent,
                            version,
                            Map.of(),
                            0,
                            ModelSpecWriter.hash(spec),
                            ModelSpecWriter.write(spec),
                            parts(),
                            0,
                            Map.of(),
                            0,
                            0);
            new VersionWriter(storage).commit(manifest);
            return manifest;
        }

        private List<PartInfo> parts() throws IOException {
            List<PartInfo> parts = new ArrayList<>();
            for (int shard = 0; shard < shards; shard++) {
                parts.add(write(shard));
            }
            return parts;
        }

        private PartInfo write(int shard) throws IOException {
            String path = VersionPaths.newPart(NAME, version, shard);
            try (RowFileWriter writer = RowFileWriter.create(storage, path, shard)) {
                for (Map.Entry<Long, float[]> row : rows.entrySet()) {
                    if (Long.remainderUnsigned(row.getKey(), shards) != shard) {
                        continue;
                    }
                    float[] weights = row.getValue();
                    if (weights.length == 0) {
                        writer.addTombstone(row.getKey(), 1, 1);
                    } else {
                        RowBuffer buffer = new RowBuffer().over(weights, 0, weights.length);
                        writer.add(row.getKey(), buffer, weights.length);
                    }
                }
                return writer.finish();
            }
        }
    }

    /** The weight that a row has before anything was learned. */
    float initial(long key) {
        float[] weight = new float[1];
        new ParameterLayout(spec).initialize(key, weight, 0);
        return weight[0];
    }
}
