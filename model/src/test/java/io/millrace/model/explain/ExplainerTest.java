package io.millrace.model.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.AutoInt;
import io.millrace.model.architecture.Dcn;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.architecture.DcnV2.Structure;
import io.millrace.model.architecture.Dlrm;
import io.millrace.model.architecture.FactorizationMachine;
import io.millrace.model.architecture.Gdcn;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureSpec;
import io.millrace.model.feature.FeatureSpec.Categorical;
import io.millrace.model.feature.FeatureSpec.Cyclic;
import io.millrace.model.feature.FeatureSpec.Numeric;
import io.millrace.model.feature.FeatureSpec.Period;
import io.millrace.model.loss.Objective;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.Sgd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplainerTest {

    private static final double ROUNDING = 1e-5;

    /** Columns of x0: a 0 and 1, b 2, n 3. */
    private static final List<FeatureSpec> FEATURES =
            List.of(new Categorical("a", "a", 2), new Categorical("b", "b", 1), number("n"));

    private static final List<FeatureSpec> TWO =
            List.of(new Categorical("a", "a", 2), new Categorical("b", "b", 2));

    @Test
    void usageExample() throws IOException {
        float[] weight = new float[16];
        weight[at(2, 0)] = 3;
        weight[at(2, 1)] = 4;
        PublishedVersion version =
                new PublishedVersion(spec(FEATURES, cross(1))).tensor("cross.0.weight", weight);

        Explanation explanation = version.explainer().explain(List.of(), false);

        assertThat(explanation.measure()).isEqualTo(Measure.CROSS_WEIGHTS);
        assertThat(explanation.evidence()).isEqualTo(new Explanation.Evidence.Weights());
        assertThat(explanation.pairs().names()).containsExactly("a", "b", "n");
        assertThat(explanation.pairs().crosses().get(0))
                .isEqualTo(new PairStrengths.Pair("a", "b", 2.5));
    }

    /** The weights from b's column to those of a say what a is multiplied with: row a, column b. */
    @Test
    void aCrossIsTheNormOfItsBlockInTheRowOfWhatIsMultiplied() throws IOException {
        float[] weight = new float[16];
        weight[at(2, 0)] = 3;
        weight[at(2, 1)] = -4;
        weight[at(3, 3)] = 7;
        weight[at(0, 3)] = 5;
        weight[at(1, 3)] = 12;

        double[][] strengths = only(spec(FEATURES, cross(1)), weight, false);

        assertThat(strengths).isDeepEqualTo(new double[][] {{0, 5, 0}, {0, 0, 0}, {13, 0, 7}});
    }

    @Test
    void perWeightIsTheRootMeanSquareOfTheBlock() throws IOException {
        float[] weight = new float[16];
        weight[at(2, 0)] = 3;
        weight[at(2, 1)] = -4;

        double[][] strengths = only(spec(FEATURES, cross(1)), weight, true);

        assertThat(strengths[0][1]).isCloseTo(5 / Math.sqrt(2), within(ROUNDING));
    }

    @Test
    void aLayerIsAPictureOfItsOwn() throws IOException {
        float[] first = new float[16];
        first[at(2, 3)] = 1;
        float[] second = new float[16];
        second[at(2, 3)] = 3;
        PairStrengths pairs =
                new PublishedVersion(spec(FEATURES, cross(2)))
                        .tensor("cross.0.weight", first)
                        .tensor("cross.1.weight", second)
                        .explainer()
                        .explain(List.of(), false)
                        .pairs();

        assertThat(pairs.layers()).extracting(PairStrengths.Layer::name).doesNotHaveDuplicates();
        assertThat(pairs.layers())
                .extracting(layer -> layer.strengths()[2][1])
                .containsExactly(1.0, 3.0);
        assertThat(pairs.mean()[2][1]).isEqualTo(2);
    }

    @Test
    void ofLowRankItIsTheProductThatCounts() throws IOException {
        PairStrengths pairs =
                new PublishedVersion(spec(FEATURES, new DcnV2(1, 1, List.of(), Structure.STACKED)))
                        .tensor("cross.0.v", 0, 0, 2, 0)
                        .tensor("cross.0.u", 3, 4, 0, 1)
                        .explainer()
                        .explain(List.of(), false)
                        .pairs();

        assertThat(pairs.mean()).isDeepEqualTo(new double[][] {{0, 10, 0}, {0, 0, 0}, {0, 2, 0}});
    }

    @Test
    void ofExpertsItIsTheMeanOfTheirProducts() throws IOException {
        DcnV2 experts = new DcnV2(1, 1, 2, DcnV2.Gate.SOFTMAX, List.of(), Structure.STACKED, 0);
        PairStrengths pairs =
                new PublishedVersion(spec(FEATURES, experts))
                        .tensor("cross.0.v", 0, 0, 2, 0, 0, 0, 0, 1)
                        .tensor("cross.0.c", 0.5f, 6)
                        .tensor("cross.0.u", 3, 4, 0, 0, 0, 0, 2, 0)
                        .explainer()
                        .explain(List.of(), false)
                        .pairs();

        assertThat(pairs.mean()).isDeepEqualTo(new double[][] {{0, 2.5, 0}, {0, 0, 6}, {0, 0, 0}});
    }

    @Test
    void aFactorizationMachineIsExplainedByPairsThatReallyOccur() throws IOException {
        Explanation explanation =
                opposites().explainer().explain(List.of(of(1, 1), of(2, 2)), false);

        assertThat(explanation.evidence()).isEqualTo(new Explanation.Evidence.Examples(2));
        double[][] strengths = explanation.pairs().mean();
        assertThat(strengths[0][1]).isCloseTo(6, within(ROUNDING));
        assertThat(strengths[1][0]).isCloseTo(6, within(ROUNDING));
        assertThat(strengths[0][0]).isNaN();
    }

    /** a's value 1 with b's 1 has 3, a's 2 with b's 2 has -9, mixed ones have 0. */
    @Test
    void withoutExamplesRowsAreDrawnAsOftenAsTheyWereLearned() throws IOException {
        Explanation explanation = opposites().explainer().explain(List.of(), false);

        // a is 1 with chance 3/4, b with 1/2, independently.
        double expected = 3.0 / 4 / 2 * 3 + 1.0 / 4 / 2 * 9;
        assertThat(explanation.pairs().mean()[0][1]).isCloseTo(expected, within(0.1));
        assertThat(explanation.evidence())
                .isEqualTo(new Explanation.Evidence.DrawnRows(10_000, List.of()));
        assertThat(opposites().explainer().explain(List.of(), false).pairs().mean()[0][1])
                .isEqualTo(explanation.pairs().mean()[0][1]);
    }

    @Test
    void aNumberOfAFactorizationMachineHasItsLearnedVector() throws IOException {
        List<FeatureSpec> features =
                List.of(
                        new Categorical("a", "a", 2),
                        new Cyclic("hour", "timestamp", Period.DAY),
                        number("n"));
        PublishedVersion version =
                new PublishedVersion(spec(features, machine()))
                        .tensor("numeric.vectors", 1, 0, 0, 1, 2, 2)
                        .row(key(1, 1), 1, 1, 1);

        PairStrengths pairs =
                version.explainer()
                        .explain(List.of(example(new long[] {key(1, 1)}, 0.5f, -2, 3)), false)
                        .pairs();

        assertThat(pairs.names()).containsExactly("a", "hour", "n");
        assertThat(pairs.mean()[0][1]).isCloseTo(1.5, within(ROUNDING));
        assertThat(pairs.mean()[0][2]).isCloseTo(12, within(ROUNDING));
        assertThat(pairs.mean()[1][2]).isCloseTo(9, within(ROUNDING));
    }

    @Test
    void numbersAreLeftOutWhereTheirValuesAreNotKnown() throws IOException {
        List<FeatureSpec> features = new ArrayList<>(TWO);
        features.add(number("n"));
        PublishedVersion version =
                new PublishedVersion(spec(features, new Dlrm(List.of(), List.of(), false, true)))
                        .tensor("bottom.0.weight", 1, 2)
                        .row(key(1, 1), 1, 1, 1)
                        .row(key(2, 1), 1, 2, 0);

        Explainer explainer = version.explainer();
        Explanation drawn = explainer.explain(List.of(), false);
        Explanation real =
                explainer.explain(List.of(example(new long[] {key(1, 1), key(2, 1)}, 3)), false);

        assertThat(drawn.pairs().names()).containsExactly("a", "b");
        assertThat(drawn.evidence())
                .isEqualTo(new Explanation.Evidence.DrawnRows(10_000, List.of("n")));
        assertThat(real.pairs().names()).containsExactly("a", "b", "n");
        assertThat(real.pairs().mean()[0][1]).isCloseTo(2, within(ROUNDING));
        assertThat(real.pairs().mean()[0][2]).isCloseTo(9, within(ROUNDING));
        assertThat(real.pairs().mean()[2][1]).isCloseTo(6, within(ROUNDING));
    }

    @Test
    void withSelfInteractionAVectorIsAPairWithItself() throws IOException {
        PairStrengths pairs =
                new PublishedVersion(spec(TWO, new Dlrm(List.of(), List.of(), true, true)))
                        .row(key(1, 1), 1, 1, 2)
                        .explainer()
                        .explain(List.of(of(1, 1)), false)
                        .pairs();

        assertThat(pairs.mean()[0][0]).isCloseTo(5, within(ROUNDING));
    }

    @Test
    void aGateScalesTheWeightsThatItLetsThrough() throws IOException {
        float[] weight = new float[16];
        weight[at(2, 3)] = 8;
        weight[at(3, 2)] = 8;
        float[] gate = new float[16];
        // The gate of n opens with b, whose value is ln 3: sigmoid(ln 3) = 3/4.
        gate[at(2, 3)] = 1;
        PublishedVersion version =
                new PublishedVersion(spec(FEATURES, new Gdcn(1, List.of(), Structure.STACKED, 0)))
                        .tensor("cross.0.weight", weight)
                        .tensor("cross.0.gate", gate)
                        .row(key(2, 1), 1, (float) Math.log(3));

        Explanation explanation =
                version.explainer()
                        .explain(List.of(example(new long[] {key(1, 1), key(2, 1)}, 1)), false);

        assertThat(explanation.pairs().mean()[2][1]).isCloseTo(6, within(ROUNDING));
        assertThat(explanation.pairs().mean()[1][2]).isCloseTo(4, within(ROUNDING));
        Explanation.Gates gates = explanation.gates();
        assertThat(gates.means()[0])
                .containsExactly(new double[] {0.5, 0.5, 0.75}, within(ROUNDING));
    }

    @Test
    void attentionOfAFeatureSumsToOne() throws IOException {
        List<FeatureSpec> features = new ArrayList<>(TWO);
        features.add(new Cyclic("hour", "timestamp", Period.DAY));
        AutoInt network = new AutoInt(2, 2, 3, true, false, false, List.of(), 0);
        PublishedVersion version =
                new PublishedVersion(spec(features, network)).row(key(1, 1), 1, 1, 1);

        PairStrengths pairs =
                version.explainer()
                        .explain(List.of(example(new long[] {key(1, 1), key(2, 1)}, 1, 2)), false)
                        .pairs();

        // With no weights all four vectors are looked at alike, and the hour has two of them.
        assertThat(pairs.layers()).hasSize(2);
        for (PairStrengths.Layer layer : pairs.layers()) {
            for (double[] row : layer.strengths()) {
                assertThat(row).containsExactly(new double[] {.25, .25, .5}, within(ROUNDING));
            }
        }
    }

    @Test
    void attentionAndGatesNeedExamples() throws IOException {
        Explainer explainer = new PublishedVersion(spec(TWO, autoInt())).explainer();

        assertThat(explainer.measure().needsExamples()).isTrue();
        assertThatThrownBy(() -> explainer.explain(List.of(), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("autoint");
    }

    @Test
    void whereNothingCanBeDrawnItSaysWhereItCan() {
        PublishedVersion vectors =
                new PublishedVersion(spec(TWO, new Dcn(1, List.of(), Structure.PARALLEL, 0)));

        assertThatThrownBy(vectors::explainer)
                .isInstanceOf(NothingToDrawException.class)
                .hasMessageContainingAll("dcn", "vector", "dcn-v2", "dlrm", "autoint", "gdcn");
    }

    @Test
    void aNetworkWithoutACrossLayerHasNothingToDraw() throws IOException {
        Explainer explainer = new PublishedVersion(spec(TWO, cross(0))).explainer();

        assertThatThrownBy(() -> explainer.explain(List.of(), false))
                .isInstanceOf(NothingToDrawException.class)
                .hasMessageContaining("no cross layer");
    }

    private static PublishedVersion opposites() {
        return new PublishedVersion(spec(TWO, machine()))
                .row(key(1, 1), 300, 3, 0)
                .row(key(1, 2), 100, 0, -3)
                .row(key(2, 1), 50, 1, 0)
                .row(key(2, 2), 50, 0, 3);
    }

    private static double[][] only(ModelSpec spec, float[] weight, boolean perWeight)
            throws IOException {
        PairStrengths pairs =
                new PublishedVersion(spec)
                        .tensor("cross.0.weight", weight)
                        .explainer()
                        .explain(List.of(), perWeight)
                        .pairs();
        assertThat(pairs.layers()).hasSize(1);
        return pairs.layers().get(0).strengths();
    }

    /** Where the weight from a column of x to one of x0 * (...) lies. */
    private static int at(int in, int out) {
        return in * 4 + out;
    }

    private static long key(int slot, int value) {
        return ParameterKey.ofValue(slot, 100 + value);
    }

    private static Example of(int a, int b) {
        return example(new long[] {key(1, a), key(2, b)});
    }

    private static Example example(long[] keys, float... numbers) {
        int[] ends = new int[keys.length];
        Arrays.setAll(ends, f -> f + 1);
        return new Example(keys, ends, numbers, 0, 1, 0);
    }

    private static DcnV2 cross(int layers) {
        return new DcnV2(layers, 0, List.of(), Structure.STACKED);
    }

    private static AutoInt autoInt() {
        return new AutoInt(1, 1, 2, true, false, false, List.of(), 0);
    }

    private static FactorizationMachine machine() {
        return new FactorizationMachine();
    }

    private static FeatureSpec number(String name) {
        return new Numeric(name, name, false, -1e9, 1e9, 0, 1);
    }

    private static ModelSpec spec(List<FeatureSpec> features, Architecture architecture) {
        return new ModelSpec(
                "explained",
                new Objective.Rating(-100, 100),
                features,
                architecture,
                new Sgd(0.1),
                new Sgd(0.1),
                5);
    }
}
