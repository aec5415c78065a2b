package io.millrace.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.jobs.cli.bench.BenchModel;
import io.millrace.jobs.cli.bench.ScoreLoad;
import io.millrace.jobs.cli.bench.ScoreTry;
import io.millrace.jobs.cli.bench.ScorerRate;
import io.millrace.jobs.cli.measure.Quantiles;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ScoreBenchReportTest {

    private final StringWriter said = new StringWriter();
    private final Asked asked = new Asked();
    private ScoreBenchReport report;

    @TempDir Path directory;

    @BeforeEach
    void ask() {
        new CommandLine(asked)
                .setOut(new PrintWriter(said))
                .parseArgs("--json", directory.resolve("result.json").toString());
        report = new ScoreBenchReport(asked.output, Duration.ofMillis(10));
    }

    @Test
    void usageExample() throws Exception {
        report.add(BenchModel.MLP, load(200, answered(4.5), answered(90), answered(3)));
        report.add(BenchModel.MLP, load(300, answered(11), answered(12), answered(13)));
        report.add(BenchModel.MLP, new ScorerRate(400, 375, 300, 100));

        JsonNode json = finish();

        assertThat(said.toString()).contains("mlp      p99 is within 10 ms up to 200 requests/s");
        assertThat(json.at("/highest/mlp").doubleValue()).isEqualTo(200);
        JsonNode first = json.at("/loads/0");
        assertThat(first.fieldNames())
                .toIterable()
                .containsExactly(
                        "model",
                        "requests_per_second",
                        "candidates_per_second",
                        "sent_per_second",
                        "p50_ms",
                        "p99_ms",
                        "unanswered",
                        "tries");
        assertThat(first.get("p99_ms").doubleValue()).isEqualTo(4.5);
        assertThat(first.get("sent_per_second").doubleValue()).isEqualTo(199.5);
        assertThat(first.get("tries").findValuesAsText("p99_ms"))
                .containsExactly("4.5", "90.0", "3.0");
        assertThat(json.at("/alone/0"))
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        """
                                        {"model": "mlp", "bare_rate": 400, "bare_model_rate": 375,
                                         "examples_rate": 300, "requests_rate": 100}"""));
        assertThat(json.at("/ratio_of_examples/mlp").doubleValue()).isEqualTo(0.75);
        assertThat(json.at("/ratio_of_requests/mlp").doubleValue()).isEqualTo(0.25);
        assertThat(json.at("/ratio_of_examples_to_model/mlp").doubleValue()).isEqualTo(0.8);
        assertThat(json.at("/ratio_of_requests_to_model/mlp").doubleValue()).isEqualTo(0.2667);
    }

    @Test
    void saysWhenTheFirstLoadWasTooSlow() throws Exception {
        report.add(BenchModel.MLP, load(50, answered(11), answered(12), answered(13)));

        JsonNode json = finish();

        assertThat(said.toString()).contains("mlp      p99 is above 10 ms at 50 requests/s");
        assertThat(json.at("/highest/mlp").isNull()).isTrue();
    }

    @Test
    void saysWhenTheFirstLoadLacksAnswers() throws Exception {
        ScoreTry silent = new ScoreTry(50, new Quantiles(Double.NaN, Double.NaN), 7);
        report.add(BenchModel.MLP, load(50, silent));

        JsonNode json = finish();

        assertThat(said.toString())
                .contains("mlp      7 requests stayed unanswered at 50 requests/s");
        assertThat(json.at("/highest/mlp").isNull()).isTrue();
        assertThat(json.at("/loads/0/p99_ms").isNull()).isTrue();
        assertThat(json.at("/loads/0/tries/0/p50_ms").isNull()).isTrue();
        assertThat(json.at("/loads/0/unanswered").longValue()).isEqualTo(7);
    }

    @Test
    void eachScorerStandsBesideItsModel() throws Exception {
        report.add(BenchModel.DCN_V2, new ScorerRate(4000, 3750, 3000, 1000));
        report.add(BenchModel.MLP, new ScorerRate(400, 375, 300, 100));

        finish();

        assertThat(said.toString())
                .containsPattern("mlp +400 +375 +300 +0.75 / 0.80 +100 +0.25 / 0.27")
                .containsPattern("dcn-v2 +4,000 +3,750 +3,000 ");
    }

    private JsonNode finish() throws Exception {
        report.finish();
        return new ObjectMapper().readTree(directory.resolve("result.json").toFile());
    }

    private static ScoreLoad load(double rate, ScoreTry... tries) {
        return new ScoreLoad(rate, 100 * rate, List.of(tries));
    }

    private static ScoreTry answered(double p99) {
        return new ScoreTry(199.5, new Quantiles(1, p99), 0);
    }

    @Command(name = "asked")
    private static final class Asked {
        @Mixin private final OutputOptions output = new OutputOptions();
    }
}
