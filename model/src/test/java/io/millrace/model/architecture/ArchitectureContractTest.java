package io.millrace.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import io.millrace.model.ModelSpec;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.config.ModelSpecReader;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.example.Example;
import io.millrace.model.loss.Loss;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.Adam;
import io.millrace.model.parameter.ParameterLayout;
import io.millrace.model.score.LoadOutcome;
import io.millrace.model.score.Scorer;
import io.millrace.model.version.LocalVersionStorage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every architecture has to fulfil. */
final class ArchitectureContractTest {

    private static final String CASES = "io.millrace.model.architecture.ArchitectureCases#all";

    private static final int XOR_STEPS = 800;
    private static final int XOR_STARTS = 3;
    private static final double LEARNED = 0.1;

    /** Between the probabilities of the item that a user chooses and of the other. */
    private static final float FAR = 0.2f;

    /** Cross-entropy of the best that a sum of functions of each feature can do. */
    private static final double NOTHING_LEARNED = Math.log(2);

    @Test
    void everyArchitectureHasACase() {
        Set<String> types =
                ArchitectureCases.all()
                        .map(each -> each.spec().architecture().type())
                        .collect(Collectors.toSet());

        assertThat(types).isEqualTo(Architectures.types());
    }

    @Test
    void everyFileIsACase() throws IOException {
        List<String> names = ArchitectureCases.all().map(ArchitectureCase::name).toList();

        assertThat(names).doesNotHaveDuplicates();
        assertThat(files("architectures", ".yaml")).containsExactlyInAnyOrderElementsOf(names);
        assertThat(files("golden/architectures", ".json"))
                .containsExactlyInAnyOrderElementsOf(names);
    }

    /** Four examples, two of one item. */
    private static final BatchItems ITEMS =
            new BatchItems(
                    new int[] {0, 1, 0, 2},
                    new float[] {-1.5f, -2.25f, -1.5f, -3},
                    new float[] {1, 2, 0.5f, 0.25f});

    @ParameterizedTest
    @MethodSource(CASES)
    void parametersAreAsManyAsTheFormulaSays(ArchitectureCase each) {
        ParameterLayout layout = new ParameterLayout(each.spec());

        assertThat(layout.dense().size()).isEqualTo(each.dense());
        assertThat(IntStream.range(1, layout.slots()).map(slot -> layout.slot(slot).width()))
                .containsExactlyElementsOf(each.rows());
        assertThat(layout.dense().tensors()).extracting(TensorSpec::name).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void gradientsAreFiniteDifferences(ArchitectureCase each) {
        NetworkPass pass = new NetworkPass(each.spec(), 4, DataType.FLOAT64);
        fill(pass, new Random(5));
        pass.about(ITEMS);
        new GradientCheck(pass, each.idle()).run();
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void learnsExclusiveOrWhereItCan(ArchitectureCase each) {
        List<Example> examples = CaseExamples.xor(each.spec());
        float[] made = new float[0];
        double loss = 1;
        // A narrow network may start where ReLU is always 0, so it has several starts.
        for (int seed = 1; seed <= XOR_STARTS && loss > LEARNED; seed++) {
            made = learn(forXor(each.spec(), seed), examples);
            loss = meanCrossEntropy(made, examples);
        }

        switch (each.xor()) {
            case LEARNED -> assertThat(loss).isLessThan(LEARNED);
            case RANKED -> {
                assertThat(made[1]).isGreaterThan(made[0] + FAR);
                assertThat(made[2]).isGreaterThan(made[3] + FAR);
            }
            case OUT_OF_REACH -> assertThat(loss).isGreaterThan(NOTHING_LEARNED - 1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void theSeedDecidesEverything(ArchitectureCase each) {
        List<float[]> once = train(each.spec());
        List<float[]> again = train(each.spec());
        List<float[]> other = train(each.spec().withSeed(8));
        boolean isRandom = each.spec().inputShape().embeddingWidth() > 0;

        for (int i = 0; i < once.size(); i++) {
            assertThat(again.get(i)).isEqualTo(once.get(i));
        }
        // A linear model starts at zero.
        assertThat(Arrays.equals(other.get(1), once.get(1))).isNotEqualTo(isRandom);
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void predictionsDropNothing(ArchitectureCase each) {
        ModelSpec spec = each.spec();
        List<Example> examples = CaseExamples.random(spec, 9, 1);
        try (OnlineModel model = new OnlineModel(spec)) {
            model.learn(examples);
            float[] expected = model.predict(examples);

            assertThat(model.learn(examples)).containsExactly(expected, within(1e-6f));
        }
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void learningDropsWhereAsked(ArchitectureCase each) {
        ModelSpec spec = each.spec();
        boolean asked = each.asksForDropout();
        NetworkPass pass = new NetworkPass(spec, 9, DataType.FLOAT64);
        fill(pass, new Random(3));

        assertThat(pass.drops(new DropoutMasks(() -> 5))).isEqualTo(asked);
        double[] all = pass.logits(null);
        if (asked) {
            assertThat(pass.logits(new DropoutMasks(() -> 5))).isNotEqualTo(all);
        } else {
            assertThat(pass.logits(new DropoutMasks(() -> 5))).isEqualTo(all);
        }
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void aScoreDoesNotDependOnTheOthers(ArchitectureCase each) {
        ModelSpec spec = each.spec();
        List<Example> examples = CaseExamples.random(spec, 9, 2);
        try (OnlineModel model = new OnlineModel(spec)) {
            for (int step = 0; step < 5; step++) {
                model.learn(examples);
            }
            float[] together = model.score(examples);
            float[] apart = new float[examples.size()];
            for (int i = 0; i < apart.length; i++) {
                apart[i] = model.score(examples.subList(i, i + 1))[0];
            }
            float[] three = model.score(examples.subList(0, 3));
            float[] rest = model.score(examples.subList(3, examples.size()));

            assertThat(together[0]).isNotCloseTo(together[1], within(1e-3f));
            for (int i = 0; i < apart.length; i++) {
                assertThat(apart[i]).isCloseTo(together[i], within(1e-6f * Math.abs(together[i])));
                assertThat(i < 3 ? three[i] : rest[i - 3])
                        .isCloseTo(together[i], within(1e-6f * Math.abs(together[i])));
            }
        }
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void staysFiniteOnExtremeInputs(ArchitectureCase each) {
        ModelSpec spec = each.spec();
        Loss loss = Loss.of(spec.objective());
        for (double scale : new double[] {1, -1, 0, 1e-20}) {
            NetworkPass pass = new NetworkPass(spec, 4, DataType.FLOAT32);
            initialize(pass, spec);
            Random random = new Random(4);
            for (String rows : List.of(NetworkPass.EMBEDDINGS, NetworkPass.WEIGHTS)) {
                double[] values = pass.learned().getOrDefault(rows, new double[0]);
                int half = values.length / 2;
                // In one half of the batch all alike, which leaves no variance to divide by.
                Arrays.fill(values, 0, half, scale * 1e3);
                for (int i = half; i < values.length; i++) {
                    values[i] = scale * 1e3 * (random.nextBoolean() ? 1 : -1);
                }
            }
            Arrays.fill(pass.numeric(), scale * 1e6);

            double[] logits = pass.logits(null);
            double[] derivatives = new double[logits.length];
            for (int b = 0; b < logits.length; b++) {
                assertThat(logits[b]).as("logit at %s", scale).isFinite();
                derivatives[b] = loss.derivative(logits[b], 1);
                assertThat(loss.loss(logits[b], 1)).isFinite();
            }
            requireFinite(pass.gradients(derivatives), scale);
            if (pass.hasBatchLoss()) {
                pass.about(ITEMS);
                assertThat(pass.batchLoss()).isFinite();
                requireFinite(pass.batchLossGradients(), scale);
            }
        }
    }

    private static void requireFinite(Map<String, double[]> gradients, double scale) {
        gradients.forEach(
                (name, gradient) ->
                        assertThat(Arrays.stream(gradient).allMatch(Double::isFinite))
                                .as("gradient of %s at %s", name, scale)
                                .isTrue());
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void theSpecificationIsReadBack(ArchitectureCase each) throws Exception {
        ModelSpec spec = each.spec();
        String written = ModelSpecWriter.write(spec).toString();

        ConfigNode node = ConfigNode.parse(written, "written");
        assertThat(ModelSpecReader.read(node)).isEqualTo(spec);
        node.rejectUnknown();

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(spec);
        }
        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(spec);
        }
    }

    @ParameterizedTest
    @MethodSource(CASES)
    void aVersionScoresToTheBitAsTheModelItIsOf(ArchitectureCase each, @TempDir Path directory)
            throws IOException {
        ModelSpec spec = each.spec();
        List<Example> examples = CaseExamples.random(spec, 9, 3);
        LocalVersionStorage storage = new LocalVersionStorage(directory);
        try (OnlineModel model = new OnlineModel(spec);
                Scorer scorer = new Scorer(storage, spec.name(), Device.cpu())) {
            float[] before = model.score(examples);
            for (int step = 0; step < 3; step++) {
                model.learn(examples);
            }
            model.publish(storage);

            assertThat(scorer.load(1)).isInstanceOf(LoadOutcome.Loaded.class);
            assertThat(scorer.score(examples).scores())
                    .isEqualTo(model.score(examples))
                    .isNotEqualTo(before);
        }
    }

    /** Random numbers for all that is learned and for the numeric input. */
    static void fill(NetworkPass pass, Random random) {
        Stream.concat(pass.learned().values().stream(), Stream.of(pass.numeric()))
                .forEach(values -> Arrays.setAll(values, i -> random.nextDouble() * 1.6 - 0.8));
    }

    /** The network's tensors as a new model has them. */
    private static void initialize(NetworkPass pass, ModelSpec spec) {
        float[] dense;
        try (OnlineModel model = new OnlineModel(spec)) {
            dense = model.dense();
        }
        int at = 0;
        for (TensorSpec tensor : spec.architecture().tensors(spec.inputShape())) {
            double[] values = pass.learned().get(tensor.name());
            for (int i = 0; i < values.length; i++) {
                values[i] = dense[at++];
            }
        }
    }

    /** All predictions of a few steps, and the weights that they end with. */
    private static List<float[]> train(ModelSpec spec) {
        List<float[]> made = new ArrayList<>();
        List<Example> examples = CaseExamples.random(spec, 12, 6);
        try (OnlineModel model = new OnlineModel(spec)) {
            for (int step = 0; step < 5; step++) {
                made.add(model.learn(examples));
            }
            made.add(model.weights(examples));
        }
        return made;
    }

    /** Learns until little loss is left, or for so many steps; returns the predictions then. */
    private static float[] learn(ModelSpec spec, List<Example> examples) {
        try (OnlineModel model = new OnlineModel(spec)) {
            float[] made = model.predict(examples);
            for (int step = 0; step < XOR_STEPS; step++) {
                model.learn(examples);
                made = model.predict(examples);
                if (meanCrossEntropy(made, examples) < LEARNED / 2) {
                    break;
                }
            }
            return made;
        }
    }

    private static double meanCrossEntropy(float[] predictions, List<Example> examples) {
        double sum = 0;
        for (int b = 0; b < predictions.length; b++) {
            double ofTheLabel = Math.abs(1 - examples.get(b).label() - predictions[b]);
            sum -= Math.log(ofTheLabel);
        }
        return sum / predictions.length;
    }

    private static ModelSpec forXor(ModelSpec spec, long seed) {
        return new ModelSpec(
                spec.name(),
                new Objective.Click(),
                spec.features(),
                spec.architecture(),
                new Adam(0.02, 0.9, 0.999, 1e-8),
                new Adam(0.02, 0.9, 0.999, 1e-8),
                seed);
    }

    private static List<String> files(String folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources", folder))) {
            return files.map(file -> file.getFileName().toString())
                    .peek(name -> assertThat(name).endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .toList();
        }
    }
}
