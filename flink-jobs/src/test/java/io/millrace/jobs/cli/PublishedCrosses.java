package io.millrace.jobs.cli;

import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.version.LocalVersionStorage;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionStorage;
import io.millrace.model.version.VersionWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A pipeline file and a published version of its model, whose rows lie on lines. */
record PublishedCrosses(Path config, Path versions) {

    static final long VERSION = 3;

    private static final int VALUES = 20;

    static PublishedCrosses in(Path directory, String architecture) throws IOException {
        Path versions = Files.createDirectory(directory.resolve("versions"));
        Path config = directory.resolve("pipeline.yaml");
        String text =
                """
                # Two features that are crossed.
                model: crosses
                objective: {type: rating, min: 1, max: 5}
                features:
                  user: {type: categorical, dimension: 4} # people
                  item: {type: categorical, dimension: 4}
                architecture: %s
                optimizers:
                  embedding: {type: sgd, learning-rate: 0.05}
                  dense: {type: sgd, learning-rate: 0.001}
                versions: {directory: %s}
                """
                        .formatted(architecture, versions);
        Files.writeString(config, text);
        publish(PipelineConfigReader.read(config).model(), new LocalVersionStorage(versions));
        return new PublishedCrosses(config, versions);
    }

    private static void publish(ModelSpec spec, VersionStorage storage) throws IOException {
        ParameterLayout layout = new ParameterLayout(spec);
        String path = VersionPaths.newPart(spec.name(), VERSION, 0);
        PartInfo part;
        try (RowFileWriter writer = RowFileWriter.create(storage, path, 0)) {
            for (int block = 0; block < layout.dense().blocks(); block++) {
                long key = ParameterKey.ofDenseBlock(block);
                float[] weights = new float[layout.width(key)];
                layout.initialize(key, weights, 0);
                writer.add(key, new RowBuffer().over(weights, 0, weights.length), weights.length);
            }
            SplittableRandom random = new SplittableRandom(1);
            for (int slot = 1; slot < layout.slots(); slot++) {
                for (int value = 0; value < VALUES; value++) {
                    long key = ParameterKey.ofValue(slot, 100 + value);
                    float x = (float) random.nextDouble();
                    float[] weights = new float[layout.width(key)];
                    for (int d = 0; d < 4; d++) {
                        // Users need one dimension, items two.
                        weights[d] = slot == 2 && d > 1 ? (float) random.nextDouble() : x;
                    }
                    if (slot == 2) {
                        weights[3] = weights[2];
                    }
                    RowBuffer row = new RowBuffer().over(weights, 0, weights.length);
                    row.examples = 5;
                    writer.add(key, row, weights.length);
                }
            }
            part = writer.finish();
        }
        new VersionWriter(storage)
                .commit(
                        new Manifest(
                                spec.name(),
                                VERSION,
                                null,
                                3,
                                Map.of("ratings", Map.of(0, 77L)),
                                0,
                                ModelSpecWriter.hash(spec),
                                ModelSpecWriter.write(spec),
                                List.of(part),
                                0,
                                Map.of(),
                                70,
                                0));
    }
}
