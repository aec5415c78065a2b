package io.millrace.jobs.cli.explain;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.config.ModelSpecWriter;
import io.millrace.model.explain.Explanation;
import io.millrace.model.explain.Measure;
import io.millrace.model.explain.PairStrengths;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.Sgd;
import io.millrace.model.version.Manifest;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Explanations to write. */
final class Samples {

    private Samples() {}

    /** One of cross weights, of version 7. */
    static Explained explained(ModelSpec spec, Explanation explanation) {
        return explained(spec, explanation, null, 1200);
    }

    static Explained explained(
            ModelSpec spec,
            Explanation explanation,
            Explained.@Nullable Input input,
            long examples) {
        Manifest manifest =
                new Manifest(
                        spec.name(),
                        7,
                        null,
                        9,
                        Map.of("ratings", Map.of(0, 1234L)),
                        0,
                        ModelSpecWriter.hash(spec),
                        ModelSpecWriter.write(spec),
                        List.of(),
                        0,
                        Map.of(),
                        examples,
                        0);
        String command = "./millrace explain --config 'a&b.yaml' --version 7 --output crosses.html";
        return new Explained(manifest, spec, explanation, false, input, command);
    }

    static Explained explained(PairStrengths pairs) {
        return explained(
                spec(pairs.names()),
                new Explanation(
                        Measure.CROSS_WEIGHTS, new Explanation.Evidence.Weights(), pairs, null));
    }

    /** Of three features, each of whose pairs has the same strength both ways. */
    static PairStrengths ofThree(double first, double second, double third) {
        return new PairStrengths(
                List.of("a", "b", "c"),
                List.of(
                        new PairStrengths.Layer(
                                "layer",
                                new double[][] {
                                    {Double.NaN, first, second},
                                    {first, Double.NaN, third},
                                    {second, third, Double.NaN}
                                })));
    }

    /** Strengths between 0 and 1, of layers that differ. */
    static PairStrengths random(List<String> names, int layers) {
        Random random = new Random(11);
        return new PairStrengths(
                names,
                IntStream.rangeClosed(1, layers)
                        .mapToObj(
                                layer ->
                                        new PairStrengths.Layer(
                                                "cross layer " + layer,
                                                names.stream()
                                                        .map(
                                                                name ->
                                                                        random.doubles(names.size())
                                                                                .toArray())
                                                        .toArray(double[][]::new)))
                        .toList());
    }

    static ModelSpec spec(List<String> features) {
        return spec(features, new DcnV2(1, 0, List.of(), DcnV2.Structure.STACKED));
    }

    static ModelSpec spec(List<String> features, Architecture architecture) {
        return new ModelSpec(
                "sample",
                new Objective.Click(),
                features.stream().<FeatureSpec>map(f -> new Categorical(f, f, 2)).toList(),
                architecture,
                new Sgd(0.1),
                new Sgd(0.1),
                1);
    }
}
