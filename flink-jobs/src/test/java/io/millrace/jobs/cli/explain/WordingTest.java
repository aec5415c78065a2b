package io.millrace.jobs.cli.explain;

import static io.millrace.model.architecture.DcnV2.Structure.STACKED;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.architecture.Architecture;
import io.millrace.model.architecture.AutoInt;
import io.millrace.model.architecture.DcnV2;
import io.millrace.model.architecture.Dlrm;
import io.millrace.model.architecture.FactorizationMachine;
import io.millrace.model.architecture.Gdcn;
import io.millrace.model.explain.Explanation;
import io.millrace.model.explain.Measure;
import io.millrace.model.explain.PairStrengths;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordingTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1.00",
        "0.123456, 0.123",
        "123456, 123000",
        "12.3456, 12.3",
        "0.00001234, 1.23e-05",
        "12345678, 1.23e+07",
        "0.9999, 1.00"
    })
    void numbersHaveThreeDigits(double value, String text) {
        assertThat(Wording.number(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.24 | 1.0 | 0.9 | All pairs are nearly alike: from 0.900 to 1.24.",
                "1.24 | 1.0 | 0.1 | No pair stands out: the strongest has 1.2, the median pair 1.0.",
                "1.26 | 1.0 | 0.9 | The strongest cross is a × b: 1.260, 1.26 times the median pair."
            })
    void aWinnerIsNamedWhereThereIsOne(double first, double second, double third, String headline) {
        Explained explained = Samples.explained(Samples.ofThree(first, second, third));

        assertThat(new Wording(explained).headline()).isEqualTo(headline);
    }

    @Test
    void whatAStrengthSaysDependsOnTheMeasure() {
        assertThat(howToRead(Measure.CROSS_WEIGHTS, new DcnV2(1, 0, List.of(), STACKED)))
                .contains("can move the score", "the numbers that they multiply are not in it");
        assertThat(howToRead(Measure.GATED_CROSS_WEIGHTS, new Gdcn(1, List.of(), STACKED, 0)))
                .contains("can move the score");
        assertThat(
                        howToRead(
                                Measure.ATTENTION,
                                new AutoInt(1, 1, 1, false, false, false, List.of(), 0)))
                .contains("where the network looks, not what it makes of it")
                .doesNotContain("move");
        assertThat(howToRead(Measure.INTERACTION, new Dlrm(List.of(), List.of(), true, false)))
                .contains("The top network weighs the products", "need not move the score")
                .contains("larger for features with larger embeddings");
        assertThat(howToRead(Measure.INTERACTION, new FactorizationMachine()))
                .contains("summed up in the score");
    }

    private static String howToRead(Measure measure, Architecture architecture) {
        PairStrengths pairs = Samples.ofThree(3, 2, 1);
        Explanation explanation =
                new Explanation(measure, new Explanation.Evidence.Examples(5), pairs, null);
        return String.join(
                " ",
                new Wording(
                                Samples.explained(
                                        Samples.spec(pairs.names(), architecture), explanation))
                        .howToRead());
    }

    @Test
    void oneIsSingular() {
        PairStrengths pairs = Samples.ofThree(3, 2, 1);
        Explanation explanation =
                new Explanation(
                        Measure.ATTENTION, new Explanation.Evidence.Examples(1), pairs, null);
        ModelSpec spec = Samples.spec(pairs.names());
        Explained all =
                Samples.explained(spec, explanation, new Explained.Input("one.jsonl", 1), 1);
        Explained some =
                Samples.explained(spec, explanation, new Explained.Input("two.jsonl", 2000), 1);

        assertThat(new Wording(all).evidence()).isEqualTo("all 1 example of one.jsonl");
        assertThat(new Wording(some).evidence())
                .isEqualTo("1 real example, drawn at random from the 2,000 of two.jsonl");
        assertThat(ExplainPage.of(all)).contains("<dd>1 example</dd>");
        assertThat(Wording.count(2000, "line")).isEqualTo("2,000 lines");
    }
}
