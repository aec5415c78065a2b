package io.millrace.jobs.cli.demo;

import io.millrace.model.metric.Auc;
import io.millrace.model.metric.LogLoss;
import io.millrace.model.metric.NormalizedEntropy;
import java.io.PrintWriter;
import java.time.Duration;

/** A line every few seconds, for outputs that are no terminals. */
final class LineView implements DemoView {

    private static final Duration BETWEEN = Duration.ofSeconds(5);

    private final PrintWriter out;
    private Duration next = BETWEEN;

    LineView(PrintWriter out) {
        this.out = out;
    }

    @Override
    public synchronized void announce(String what) {
        out.println(what);
        out.flush();
    }

    @Override
    public synchronized void show(DemoSnapshot snapshot) {
        if (snapshot.elapsed().compareTo(next) < 0) {
            return;
        }
        while (snapshot.elapsed().compareTo(next) >= 0) {
            next = next.plus(BETWEEN);
        }
        out.printf(
                "%4s  %,9d events  %,9d examples  AUC %s (ceiling %s)  log loss %s  NE %s%n",
                Figures.seconds(snapshot.elapsed()),
                snapshot.events(),
                snapshot.examples(),
                Figures.metric(snapshot.total(), Auc.NAME),
                Figures.metric(snapshot.oracle(), Auc.NAME),
                Figures.metric(snapshot.total(), LogLoss.NAME),
                Figures.metric(snapshot.total(), NormalizedEntropy.NAME));
        out.printf(
                "      version %s serves, %s old; %,d scores, latency %s; freshness %s%n",
                snapshot.serving() == null ? "-" : snapshot.serving(),
                Figures.age(snapshot.servingAge()),
                snapshot.scores(),
                Figures.quantiles(snapshot.latency()).strip(),
                Figures.quantiles(snapshot.freshness()).strip());
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }
}
