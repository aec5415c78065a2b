package io.millrace.jobs.cli.demo;

import io.millrace.jobs.cli.process.Terminal;
import io.millrace.model.metric.Auc;
import io.millrace.model.metric.LogLoss;
import io.millrace.model.metric.NormalizedEntropy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A snapshot as a screenful of text: at most 22 lines, none wider than the terminal. */
final class DemoFrame {

    private static final int LABEL_WIDTH = 13;
    private static final int CURVE_WIDTH = 60;
    private static final int WARM_UP = 3;
    private static final String BOLD = "\u001b[1m";
    private static final String GREEN = "\u001b[32m";
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private final Terminal terminal;
    private final Graphics graphics;
    private final List<String> lines = new ArrayList<>();

    private DemoFrame(Terminal terminal) {
        this.terminal = terminal;
        graphics = new Graphics(terminal.unicode());
    }

    static List<String> of(DemoSnapshot snapshot, Terminal terminal) {
        DemoFrame frame = new DemoFrame(terminal);
        frame.progress(snapshot);
        frame.quality(snapshot);
        frame.serving(snapshot);
        return List.copyOf(frame.lines);
    }

    private void progress(DemoSnapshot snapshot) {
        title("Millrace demo", "a click model that serves while it learns");
        blank();
        String time =
                String.format(
                        Locale.ROOT,
                        " %d of %d s",
                        snapshot.elapsed().toSeconds(),
                        snapshot.duration().toSeconds());
        double part = (double) snapshot.elapsed().toMillis() / snapshot.duration().toMillis();
        line(GREEN, graphics.bar(part, Math.min(72, terminal.width() - 2) - time.length()), time);
        blank();
        labelled(
                "events",
                "%s/s, %s in all"
                        .formatted(
                                Figures.rate(snapshot.eventRate()),
                                Figures.count(snapshot.events())));
        labelled(
                "examples",
                "%s labelled and learned from, each predicted before"
                        .formatted(Figures.count(snapshot.examples())));
        blank();
    }

    private void quality(DemoSnapshot snapshot) {
        title(row("prequential", "so far", "lately", "ceiling"), "");
        quality("AUC", Auc.NAME, snapshot);
        quality("log loss", LogLoss.NAME, snapshot);
        quality("norm. entropy", NormalizedEntropy.NAME, snapshot);
        List<Double> aucs = snapshot.windowAucs();
        if (aucs.size() <= WARM_UP) {
            blank();
        } else {
            // The first reports are about the first clicks, before any negative: no scale for the
            // rest.
            List<Double> settled = aucs.subList(WARM_UP, aucs.size());
            double low = Collections.min(settled);
            double high = Collections.max(settled);
            int width = Math.min(CURVE_WIDTH, terminal.width() - LABEL_WIDTH - 16);
            labelled(
                    "AUC lately",
                    String.format(
                            Locale.ROOT,
                            "%s %.2f to %.2f",
                            graphics.curve(aucs, low, high, width),
                            low,
                            high));
        }
        line(
                DIM,
                "ceiling: the simulator's own click probabilities; tastes drift at half-time",
                "");
        blank();
    }

    private void quality(String label, String metric, DemoSnapshot snapshot) {
        labelled(
                label,
                row(
                                "",
                                Figures.metric(snapshot.total(), metric),
                                Figures.metric(snapshot.window(), metric),
                                Figures.metric(snapshot.oracle(), metric))
                        .substring(LABEL_WIDTH + 1));
    }

    private void serving(DemoSnapshot snapshot) {
        labelled(
                "versions",
                snapshot.serving() == null
                        ? "%d published, none serves yet".formatted(snapshot.versions())
                        : "%d published; version %d serves, %s old"
                                .formatted(
                                        snapshot.versions(),
                                        snapshot.serving(),
                                        Figures.age(snapshot.servingAge())));
        labelled(
                "freshness",
                Figures.quantiles(snapshot.freshness()) + "  click in Kafka to version serving");
        labelled(
                "scores",
                "%s/s, %s in all"
                        .formatted(
                                Figures.rate(snapshot.scoreRate()),
                                Figures.count(snapshot.scores())));
        labelled(
                "latency",
                Figures.quantiles(snapshot.latency()) + "  request to score, over Kafka");
        if (snapshot.memoryMebibytes().isPresent()) {
            labelled(
                    "memory",
                    "%s MiB at most"
                            .formatted(Figures.count(snapshot.memoryMebibytes().getAsLong())));
        }
    }

    private static String row(String label, String first, String second, String third) {
        return String.format(
                "%-" + (LABEL_WIDTH + 1) + "s%9s%11s%11s", label, first, second, third);
    }

    private void title(String text, String more) {
        line(BOLD, text, more.isEmpty() ? "" : "  " + more);
    }

    private void labelled(String label, String text) {
        line(DIM, String.format("%-" + LABEL_WIDTH + "s", label), " " + text);
    }

    private void blank() {
        lines.add("");
    }

    private void line(String style, String styled, String rest) {
        int room = terminal.width() - 2;
        String first = cut(styled, room);
        String second = cut(rest, room - first.length());
        lines.add(" " + (terminal.colours() ? style + first + PLAIN : first) + second);
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width));
    }
}
