package io.millrace.jobs.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.jobs.simulate.Delivery;
import io.millrace.jobs.simulate.OracleScores;
import io.millrace.jobs.simulate.SimulatedEvent;
import io.millrace.model.metric.Auc;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;

/** The deliveries of a simulation, counted on their way. Used by one thread. */
final class Simulation implements Iterator<Delivery> {

    private final Iterator<Delivery> deliveries;
    private final long attributionWindow;
    private final OracleScores oracle = new OracleScores();
    private long clicks;
    private long lateClicks;
    private long repeats;
    private long disordered;

    /**
     * @param attributionWindow a click whose delay is above it is late
     */
    Simulation(Iterator<Delivery> deliveries, Duration attributionWindow) {
        this.deliveries = deliveries;
        this.attributionWindow = attributionWindow.toMillis();
    }

    @Override
    public boolean hasNext() {
        return deliveries.hasNext();
    }

    @Override
    public Delivery next() {
        Delivery delivery = deliveries.next();
        if (delivery.repeat()) {
            repeats++;
            return delivery;
        }
        disordered += delivery.isDisordered() ? 1 : 0;
        oracle.add(delivery.event());
        if (delivery.event() instanceof SimulatedEvent.Clicked clicked) {
            clicks++;
            lateClicks += clicked.delay() > attributionWindow ? 1 : 0;
        }
        return delivery;
    }

    /** What was delivered, for people. */
    String summary() {
        Double ceiling = oracle.values().get(Auc.NAME);
        String events =
                String.format(
                        Locale.ROOT,
                        "%,d events written: %,d impressions, %,d clicks; their true probabilities"
                                + " have AUC %s.",
                        events(),
                        oracle.impressions(),
                        clicks,
                        ceiling == null ? "-" : String.format(Locale.ROOT, "%.4f", ceiling));
        return repeats + disordered + lateClicks == 0
                ? events
                : events
                        + String.format(
                                Locale.ROOT,
                                "%nOf these, %,d were repeats, %,d came later than they happened;"
                                        + " %,d clicks happened after the attribution window.",
                                repeats,
                                disordered,
                                lateClicks);
    }

    void toJson(ObjectNode json) {
        json.put("events", events())
                .put("impressions", oracle.impressions())
                .put("clicks", clicks)
                .put("repeats", repeats)
                .put("disordered", disordered)
                .put("late_clicks", lateClicks)
                .put("oracle_auc", oracle.values().get(Auc.NAME));
    }

    private long events() {
        return oracle.impressions() + clicks + repeats;
    }
}
