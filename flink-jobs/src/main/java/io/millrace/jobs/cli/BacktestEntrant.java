package io.millrace.jobs.cli;

import io.millrace.jobs.cli.backtest.Figures;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.config.PipelineConfigReader;
import io.millrace.model.config.ConfigException;
import io.millrace.model.loss.Objective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * A pipeline that is to take part in a backtest.
 *
 * @param name unique among them
 * @param file of its configuration
 * @param text of the file
 */
record BacktestEntrant(String name, Path file, String text, PipelineConfig config) {

    /**
     * Reads the files of pipelines, names them, and checks that one joined stream serves them all.
     */
    static List<BacktestEntrant> read(List<Path> files) {
        List<PipelineConfig> configs = files.stream().map(PipelineConfigReader::read).toList();
        List<String> models = configs.stream().map(config -> config.model().name()).toList();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            names.add(
                    Collections.frequency(models, models.get(i)) == 1
                            ? models.get(i)
                            : stem(files.get(i)));
        }
        List<BacktestEntrant> entrants = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int first = names.indexOf(names.get(i));
            if (first < i) {
                throw new UsageException(
                        ("%s and %s would both be called %s: give their models, or the files,"
                                        + " different names")
                                .formatted(files.get(first), files.get(i), names.get(i)));
            }
            entrants.add(
                    new BacktestEntrant(
                            names.get(i), files.get(i), text(files.get(i)), configs.get(i)));
        }
        entrants.forEach(one -> one.checkSharesStreamOf(entrants.get(0)));
        return List.copyOf(entrants);
    }

    /** The same on other brokers. */
    BacktestEntrant onBrokers(String servers) {
        return new BacktestEntrant(name, file, text, config.withBootstrapServers(servers));
    }

    private void checkSharesStreamOf(BacktestEntrant first) {
        Objective objective = config.model().objective();
        Objective firstObjective = first.config.model().objective();
        checkSame("objective", text(objective), first, text(firstObjective));
        if (objective instanceof Objective.Click click
                && firstObjective instanceof Objective.Click firstClick) {
            checkSame(
                    "objective.negative-sampling",
                    click.negativeSampling(),
                    first,
                    firstClick.negativeSampling());
            checkSameLabels(config.labels(), first);
        }
        PipelineConfig.Events events = config.events();
        PipelineConfig.Events firstEvents = first.config.events();
        checkSame(
                "events.out-of-orderness",
                events.outOfOrderness(),
                first,
                firstEvents.outOfOrderness());
        checkSame("events.max-ahead", events.maxAhead(), first, firstEvents.maxAhead());
        checkSame("events.max-bytes", events.maxBytes(), first, firstEvents.maxBytes());
    }

    private void checkSameLabels(PipelineConfig.Labels labels, BacktestEntrant first) {
        PipelineConfig.Labels firstLabels = first.config.labels();
        checkSame("labels.policy", labels.policy(), first, firstLabels.policy());
        checkSame(
                "labels.attribution-window",
                labels.attributionWindow(),
                first,
                firstLabels.attributionWindow());
        checkSame("labels.late-window", labels.lateWindow(), first, firstLabels.lateWindow());
    }

    private void checkSame(String key, Object value, BacktestEntrant first, Object firstValue) {
        if (!Objects.equals(value, firstValue)) {
            throw new UsageException(
                    ("%s is %s in %s and %s in %s, but pipelines of one backtest learn from the"
                                    + " same examples: give both the same, or backtest them one by"
                                    + " one")
                            .formatted(key, text(firstValue), first.file, text(value), file));
        }
    }

    /** A value as the file has it. */
    private static String text(Object value) {
        if (value instanceof Duration duration) {
            return Figures.span(duration.toMillis());
        }
        return value instanceof PipelineConfig.Labels.Policy policy
                ? policy.name().toLowerCase(Locale.ROOT)
                : value.toString();
    }

    private static String text(Objective objective) {
        return objective instanceof Objective.Rating rating
                ? "rating from " + rating.min() + " to " + rating.max()
                : "click";
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException(file + ": the file cannot be read: " + e.getMessage());
        }
    }

    private static String stem(Path file) {
        return String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
    }
}
