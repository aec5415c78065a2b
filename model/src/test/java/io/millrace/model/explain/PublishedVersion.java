package io.millrace.model.explain;

import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.MemoryVersionStorage;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionCatalog;
import io.millrace.model.version.VersionChain;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import io.millrace.model.version.VersionWriter;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A version in memory of a model with weights of one's choice; others are 0. */
final class PublishedVersion {

    private static final long VERSION = 1;

    private final ModelSpec spec;
    private final ParameterLayout layout;
    private final VersionStorage storage = new MemoryVersionStorage();
    private final float[] dense;
    private final SortedMap<Long, float[]> rows = new TreeMap<>(Long::compareUnsigned);
    private final SortedMap<Long, Long> examples = new TreeMap<>();

    PublishedVersion(ModelSpec spec) {
        this.spec = spec;
        layout = new ParameterLayout(spec);
        dense = new float[layout.dense().size()];
    }

    /** Sets a tensor's weights, row after row. */
    PublishedVersion tensor(String name, float... weights) {
        DenseLayout tensors = layout.dense();
        for (int i = 0; i < tensors.tensors().size(); i++) {
            if (tensors.tensors().get(i).name().equals(name)) {
                if (weights.length != tensors.start(i + 1) - tensors.start(i)) {
                    throw new IllegalArgumentException(name + " is of another size");
                }
                System.arraycopy(weights, 0, dense, tensors.start(i), weights.length);
                return this;
            }
        }
        throw new IllegalArgumentException("no tensor " + name + " in " + tensors.tensors());
    }

    PublishedVersion dense(float[] weights) {
        System.arraycopy(weights, 0, dense, 0, dense.length);
        return this;
    }

    /** A row that was learned from so many examples. */
    PublishedVersion row(long key, long learnedFrom, float... embedding) {
        rows.put(key, Arrays.copyOf(embedding, layout.width(key)));
        examples.put(key, learnedFrom);
        return this;
    }

    VersionStorage storage() {
        return storage;
    }

    VersionChain publish() throws IOException {
        String path = VersionPaths.newPart(spec.name(), VERSION, 0);
        PartInfo part;
        try (RowFileWriter writer = RowFileWriter.create(storage, path, 0)) {
            for (int block = 0; block < layout.dense().blocks(); block++) {
                int from = block * DenseLayout.BLOCK;
                float[] weights = Arrays.copyOfRange(dense, from, from + DenseLayout.BLOCK);
                write(writer, ParameterKey.ofDenseBlock(block), weights, 1);
            }
            for (Map.Entry<Long, float[]> row : rows.entrySet()) {
                write(writer, row.getKey(), row.getValue(), examples.get(row.getKey()));
            }
            part = writer.finish();
        }
        new VersionWriter(storage)
                .commit(
                        new Manifest(
                                spec.name(),
                                VERSION,
                                null,
                                1,
                                Map.of(),
                                0,
                                ModelSpecWriter.hash(spec),
                                ModelSpecWriter.write(spec),
                                List.of(part),
                                0,
                                Map.of(),
                                0,
                                0));
        return new VersionCatalog(storage, spec.name()).chain(VERSION);
    }

    Explainer explainer() throws IOException {
        return new Explainer(storage, publish());
    }

    private static void write(RowFileWriter writer, long key, float[] weights, long learnedFrom)
            throws IOException {
        RowBuffer buffer = new RowBuffer().over(weights, 0, weights.length);
        buffer.examples = learnedFrom;
        writer.add(key, buffer, weights.length);
    }
}
