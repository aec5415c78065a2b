package io.millrace.model.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.feature.FeatureSpec.CategoricalList;
import io.millrace.model.feature.FeatureSpec.Numeric;
import io.millrace.model.feature.FeatureSpec.Pooling;
import io.millrace.model.learn.Learner;
import io.millrace.model.learn.MicroBatch;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.parameter.RowBuffer;
import io.millrace.model.parameter.Sgd;
import io.millrace.model.version.Manifest;
import io.millrace.model.version.MemoryVersionStorage;
import io.millrace.model.version.PartInfo;
import io.millrace.model.version.RowFileWriter;
import io.millrace.model.version.VersionPaths;
import io.millrace.model.version.VersionWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The scorer and the learner's forward pass agree on the same rows. */
class ScorerAgreementTest {

    private static final ModelSpec SPEC =
            new ModelSpec(
                    "clicks",
                    new Objective.Click(),
                    List.of(
                            new Categorical("user", "user", 8),
                            new Numeric("age", "age", true, 0, 10, 1, 2),
                            new CategoricalList("genres", "genres", 4, Pooling.MEAN, 5),
                            new Categorical("item", "item", 6)),
                    new DcnV2(2, 3, List.of(64, 32), DcnV2.Structure.PARALLEL),
                    new Sgd(0.1),
                    new Sgd(0.1),
                    5);

    private final MemoryVersionStorage storage = new MemoryVersionStorage();
    private final ParameterLayout layout = new ParameterLayout(SPEC);
    private final Random random = new Random(11);

    @Test
    void onTheSameRows() throws Exception {
        List<Example> examples = examples();
        MicroBatch batch = MicroBatch.of(examples, layout, 1, key -> 0);
        float[] weights = new float[batch.weightCount()];
        SortedMap<Long, float[]> rows = new TreeMap<>(Long::compareUnsigned);
        for (int i = 0; i < batch.keys().length; i++) {
            long key = batch.keys()[i];
            int at = batch.weightsAt()[i];
            layout.initialize(key, weights, at);
            // A third of the rows stay initial and are published nowhere.
            if (random.nextInt(3) > 0) {
                rows.put(key, learned(key, weights, at));
            }
        }
        publish(rows);

        float[] learned;
        try (Learner learner = new Learner(SPEC, Device.cpu())) {
            learned = learner.predict(batch, weights);
        }
        try (Scorer scorer = new Scorer(storage, "clicks", Device.cpu())) {
            scorer.load(1);
            assertThat(scorer.score(examples).scores()).containsExactly(learned, within(1e-6f));
        }
    }

    /** Moves the weights from where they started, and returns them. */
    private float[] learned(long key, float[] weights, int at) {
        float[] row = new float[layout.width(key)];
        for (int w = 0; w < row.length; w++) {
            weights[at + w] += random.nextFloat() * 0.2f - 0.1f;
            row[w] = weights[at + w];
        }
        return row;
    }

    private List<Example> examples() throws Exception {
        FeatureExtractor extractor = new FeatureExtractor(SPEC);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Map<String, Object> features =
                    Map.of(
                            "age",
                            (long) random.nextInt(80),
                            "genres",
                            List.of("g" + random.nextInt(5), "g" + random.nextInt(5)));
            examples.add(
                    extractor.extract(
                            "u" + random.nextInt(20),
                            "i" + random.nextInt(20),
                            features,
                            Map.of(),
                            1000));
        }
        return examples;
    }

    private void publish(SortedMap<Long, float[]> rows) throws IOException {
        String path = VersionPaths.newPart("clicks", 1, 0);
        PartInfo part;
        try (RowFileWriter writer = RowFileWriter.create(storage, path, 0)) {
            for (Map.Entry<Long, float[]> row : rows.entrySet()) {
                float[] weights = row.getValue();
                RowBuffer buffer = new RowBuffer().over(weights, 0, weights.length);
                writer.add(row.getKey(), buffer, weights.length);
            }
            part = writer.finish();
        }
        new VersionWriter(storage)
                .commit(
                        new Manifest(
                                "clicks",
                                1,
                                null,
                                1,
                                Map.of(),
                                0,
                                ModelSpecWriter.hash(SPEC),
                                ModelSpecWriter.write(SPEC),
                                List.of(part),
                                0,
                                Map.of(),
                                0,
                                0));
    }
}
