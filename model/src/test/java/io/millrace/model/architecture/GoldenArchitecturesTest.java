package io.millrace.model.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.ModelSpec;
import io.millrace.model.loss.Loss;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every architecture in single precision, as it is trained, against an independent implementation:
 * {@code src/test/python/golden_architectures.py} made the golden files and says how.
 */
final class GoldenArchitecturesTest {

    /** Of the largest number of a tensor. */
    private static final double TOLERANCE = 1e-5;

    /** What rounding makes of a gradient that is zero. */
    private static final double IDLE = 1e-6;

    @ParameterizedTest
    @MethodSource("io.millrace.model.architecture.ArchitectureCases#all")
    void isTheIndependentImplementation(ArchitectureCase each) throws IOException {
        ModelSpec spec = each.spec();
        JsonNode golden = new ObjectMapper().readTree(each.golden());
        double[] logits = numbers(golden.get("logits"));
        requireShapes(spec, golden, logits.length);
        NetworkPass pass = new NetworkPass(spec, logits.length, DataType.FLOAT32);
        copy(numbers(golden.get("numeric")), pass.numeric());
        pass.learned()
                .forEach(
                        (name, to) ->
                                copy(numbers(golden.at("/learned").get(name).get("values")), to));

        double[] made = pass.logits(null);
        compare("logits", made, logits);

        double loss;
        Map<String, double[]> gradients;
        if (pass.hasBatchLoss()) {
            pass.about(items(golden));
            loss = pass.batchLoss();
            gradients = pass.batchLossGradients();
        } else {
            double[] labels = numbers(golden.get("labels"));
            loss = meanLoss(spec, made, labels);
            gradients = pass.gradients(derivatives(spec, made, labels));
        }
        compare("loss", new double[] {loss}, new double[] {golden.get("loss").asDouble()});
        gradients.forEach(
                (name, gradient) -> {
                    double[] expected = numbers(golden.at("/learned").get(name).get("gradient"));
                    if (each.idle().contains(name)) {
                        assertThat(gradient)
                                .containsExactly(new double[gradient.length], within(IDLE));
                    } else {
                        compare("gradient of " + name, gradient, expected);
                    }
                });
    }

    private static double meanLoss(ModelSpec spec, double[] logits, double[] labels) {
        Loss loss = Loss.of(spec.objective());
        double sum = 0;
        for (int b = 0; b < logits.length; b++) {
            sum += loss.loss(logits[b], labels[b]);
        }
        return sum / logits.length;
    }

    private static double[] derivatives(ModelSpec spec, double[] logits, double[] labels) {
        Loss loss = Loss.of(spec.objective());
        double[] derivatives = new double[logits.length];
        Arrays.setAll(derivatives, b -> loss.derivative(logits[b], labels[b]) / logits.length);
        return derivatives;
    }

    private static BatchItems items(JsonNode golden) {
        return new BatchItems(
                Arrays.stream(numbers(golden.get("items"))).mapToInt(item -> (int) item).toArray(),
                floats(golden.get("log-probabilities")),
                floats(golden.get("rewards")));
    }

    private static void requireShapes(ModelSpec spec, JsonNode golden, int size) {
        InputShape input = spec.inputShape();
        Map<String, List<Integer>> shapes = new HashMap<>();
        for (TensorSpec tensor : spec.architecture().tensors(input)) {
            shapes.put(tensor.name(), tensor.shape());
        }
        if (input.embeddingWidth() > 0) {
            shapes.put(NetworkPass.EMBEDDINGS, List.of(size, input.embeddingWidth()));
        }
        if (input.weights() > 0) {
            shapes.put(NetworkPass.WEIGHTS, List.of(size, input.weights()));
        }
        Map<String, List<Integer>> expected = new HashMap<>();
        golden.get("learned")
                .properties()
                .forEach(
                        tensor ->
                                expected.put(
                                        tensor.getKey(),
                                        Arrays.stream(numbers(tensor.getValue().get("shape")))
                                                .mapToObj(length -> (int) length)
                                                .toList()));
        assertThat(shapes).isEqualTo(expected);
    }

    private static void compare(String what, double[] actual, double[] expected) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertThat(actual).as(what).containsExactly(expected, within(TOLERANCE * largest));
    }

    private static void copy(double[] from, double[] to) {
        assertThat(from).hasSameSizeAs(to);
        System.arraycopy(from, 0, to, 0, to.length);
    }

    private static float[] floats(JsonNode array) {
        float[] floats = new float[array.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = array.get(i).floatValue();
        }
        return floats;
    }

    private static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        Arrays.setAll(numbers, i -> array.get(i).asDouble());
        return numbers;
    }
}
