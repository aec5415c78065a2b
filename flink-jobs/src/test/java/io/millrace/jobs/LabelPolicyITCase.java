package io.millrace.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.jobs.backtest.BacktestPipeline;
import io.millrace.jobs.backtest.BacktestSettings;
import io.millrace.jobs.backtest.OutcomeFile;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.jobs.embedded.EmbeddedFlink;
import io.millrace.jobs.train.Sync;
import io.millrace.model.evaluate.Outcomes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the label policies do to freshness and calibration, in a world where the truth is known. A
 * longer world than the default, by {@code -Dlabels.minutes}, gives the figures in docs/results.md;
 * the table is in {@code target/label-policies.md}.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class LabelPolicyITCase {

    private static final TruthfulHistory HISTORY =
            new TruthfulHistory(Duration.ofMinutes(Long.getLong("labels.minutes", 60)));

    private static final String LONG = "labels: {attribution-window: 5m, late-window: 20m}";
    private static final String SHORT = "labels: {attribution-window: 1m}";
    private static final String CORRECTED = "labels: {attribution-window: 1m, late-window: 20m}";
    private static final String IMMEDIATE =
            "labels: {policy: immediate, attribution-window: 1m, late-window: 20m}";
    private static final String SAMPLED =
            CORRECTED + "\nobjective: {type: click, negative-sampling: 0.1}";

    @TempDir private static Path directory;

    /**
     * How the predictions that served were.
     *
     * @param age of an impression when its first label is learned, seconds, in the mean
     * @param calibration sum of predictions over that of true probabilities, from a third of the
     *     time on
     * @param before mean Kullback-Leibler divergence of the truth from the predictions, in nats,
     *     from a third of the time to the change of tastes
     * @param after the same in the five minutes after it
     */
    private record Measured(double age, double calibration, double before, double after) {}

    @Test
    void whatIsKnownSoonerServesBetterAfterAChangeAndStaysCalibrated() throws Exception {
        Map<String, Measured> measured = new LinkedHashMap<>();
        try (EmbeddedFlink flink = EmbeddedFlink.start(directory, 4)) {
            for (String labels : List.of(LONG, SHORT, CORRECTED, IMMEDIATE, SAMPLED)) {
                measured.put(labels, measure(flink, labels));
            }
        }
        write(measured);

        Measured waited = measured.get(LONG);
        Measured corrected = measured.get(CORRECTED);
        Measured immediate = measured.get(IMMEDIATE);
        for (String unbiased : List.of(LONG, CORRECTED, IMMEDIATE, SAMPLED)) {
            assertThat(measured.get(unbiased).calibration())
                    .as(unbiased)
                    .isCloseTo(1, within(0.02));
        }
        // A click in four comes after a minute.
        assertThat(measured.get(SHORT).calibration()).isLessThan(0.9);
        assertThat(immediate.after()).isLessThan(waited.after());
        assertThat(immediate.age()).isZero();
        assertThat(corrected.age()).isBetween(40d, 60d);
        assertThat(waited.age()).isBetween(200d, 300d);
    }

    private static Measured measure(EmbeddedFlink flink, String labels) throws Exception {
        String run = "run" + System.nanoTime();
        List<BacktestPipeline> pipelines =
                List.of(
                        new BacktestPipeline(
                                run, PipelineConfigReader.read(file(run, labels), run), null));
        BacktestSettings settings =
                new BacktestSettings(
                        List.of(new Sync.Every(Duration.ofMinutes(1))),
                        List.of("1m"),
                        List.of(),
                        1,
                        directory.resolve(run + ".outcomes").toString());
        StreamExecutionEnvironment env = flink.environment();
        new BacktestJob(pipelines, HISTORY, settings).build(env);
        env.execute(run);
        Path outcomes = Path.of(settings.outcomes());
        return judge(OutcomeFile.read(outcomes, pipelines, settings).outcomes(), labels);
    }

    /** What was predicted of each impression with the weights that served when it was shown. */
    private static Measured judge(Outcomes outcomes, String labels) {
        TruthfulHistory.Truth truth = HISTORY.truth();
        int change = HISTORY.change();
        int soon = change + 5 * TruthfulHistory.perMinute();
        BitSet judged = new BitSet();
        double predictions = 0;
        double truths = 0;
        Mean before = new Mean();
        Mean after = new Mean();
        for (int row = 0; row < outcomes.size(); row++) {
            int impression = TruthfulHistory.impression(outcomes.times()[row]);
            if (judged.get(impression) || impression < change * 2 / 3) {
                continue;
            }
            judged.set(impression);
            // A sample of the negatives stands for all of them.
            double weight = outcomes.weights()[row];
            double p = outcomes.predictions()[0][row];
            double t = truth.probability()[impression];
            predictions += weight * p;
            truths += weight * t;
            if (impression < change) {
                before.add(divergence(t, p), weight);
            } else if (impression < soon) {
                after.add(divergence(t, p), weight);
            }
        }
        return new Measured(
                age(truth, labels), predictions / truths, before.value(), after.value());
    }

    private static double divergence(double t, double p) {
        return t * Math.log(t / p) + (1 - t) * Math.log((1 - t) / (1 - p));
    }

    private static double age(TruthfulHistory.Truth truth, String labels) {
        if (labels.equals(IMMEDIATE)) {
            return 0;
        }
        long window = labels.equals(LONG) ? 300_000 : 60_000;
        double sum = 0;
        for (long delay : truth.delay()) {
            sum += delay >= 0 ? Math.min(delay, window) : window;
        }
        return sum / truth.delay().length / 1000;
    }

    private static void write(Map<String, Measured> measured) throws Exception {
        List<String> lines = new ArrayList<>();
        lines.add("| labels | age, s | calibration | divergence before | after the change |");
        lines.add("|---|---|---|---|---|");
        measured.forEach(
                (labels, m) ->
                        lines.add(
                                String.format(
                                        Locale.ROOT,
                                        "| `%s` | %.0f | %.3f | %.5f | %.5f |",
                                        labels.replace("labels: ", "").replace("\n", "`, `"),
                                        m.age(),
                                        m.calibration(),
                                        m.before(),
                                        m.after())));
        Path target = Files.createDirectories(Path.of("target"));
        Files.write(target.resolve("label-policies.md"), lines);
    }

    private static String file(String run, String labels) {
        String objective = labels.contains("objective") ? "" : "objective: {type: click}\n";
        return """
        model: %s
        seed: 1
        features:
          user: {type: categorical, dimension: 8}
          item: {type: categorical, dimension: 8}
          user-category: {type: cross, of: [user, category], dimension: 8}
          position: {type: categorical, dimension: 8}
          category: {type: categorical, dimension: 8}
          device: {type: categorical, dimension: 8}
        architecture: {type: dcn-v2, structure: stacked, cross-layers: 1, hidden: [16]}
        optimizers:
          embedding: {type: adagrad, learning-rate: 0.1}
          dense: {type: adam, learning-rate: 0.001}
        training: {micro-batch: 64, reproducible: true}
        versions: {directory: %s}
        checkpoints: {directory: %s}
        """
                        .formatted(run, directory.resolve("v"), directory.resolve("c"))
                + objective
                + labels
                + "\n";
    }

    private static final class Mean {
        private double sum;
        private double weights;

        void add(double value, double weight) {
            sum += weight * value;
            weights += weight;
        }

        double value() {
            return sum / weights;
        }
    }
}
