package io.millrace.jobs;

import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.HistoryEvent.Kind;
import io.millrace.jobs.simulate.SimulatedEvent;
import io.millrace.jobs.simulate.Simulator;
import io.millrace.jobs.simulate.World;
import io.millrace.jobs.simulate.WorldSettings;
import io.millrace.jobs.source.Origin;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A simulated history whose click probabilities are known. Tastes change all at once in its middle,
 * and a click comes after 40 seconds in the mean, at the latest after 20 minutes.
 */
record TruthfulHistory(Duration duration) implements History {

    static final Instant START = Instant.parse("2024-05-06T07:00:00Z");
    static final Duration LATEST_CLICK = Duration.ofMinutes(20);

    private static final long serialVersionUID = 1L;
    private static final long SEED = 3;
    private static final int MILLIS_APART = 40;

    /**
     * What only the world knows of impressions, by their order.
     *
     * @param probability of a click
     * @param delay of the click, milliseconds; negative without one
     */
    record Truth(double[] probability, long[] delay) {}

    Truth truth() {
        Simulator simulator = simulator();
        int impressions = (int) simulator.impressions();
        Truth truth = new Truth(new double[impressions], new long[impressions]);
        while (simulator.hasNext()) {
            SimulatedEvent event = simulator.next();
            String id = event.impressionId();
            int impression = Integer.parseInt(id.substring(id.indexOf('-') + 1));
            if (event instanceof SimulatedEvent.Shown shown) {
                truth.probability[impression] = shown.clickProbability();
                truth.delay[impression] = -1;
            } else {
                truth.delay[impression] =
                        event.timestamp() - START.toEpochMilli() - (long) impression * MILLIS_APART;
            }
        }
        return truth;
    }

    /** The number of the impression that was shown at a time. */
    static int impression(long time) {
        return (int) ((time - START.toEpochMilli()) / MILLIS_APART);
    }

    /** The first impression after tastes have changed. */
    int change() {
        return (int) (duration.toMillis() / 2 / MILLIS_APART);
    }

    static int perMinute() {
        return 60_000 / MILLIS_APART;
    }

    @Override
    public EventFormat format() {
        return EventFormat.AVRO;
    }

    @Override
    public long size() {
        Simulator simulator = simulator();
        long size = 0;
        for (; simulator.hasNext(); size++) {
            simulator.next();
        }
        return size;
    }

    @Override
    public SortedMap<String, String> facts() {
        return new TreeMap<>();
    }

    @Override
    public HistoryCursor<HistoryEvent> open() {
        EventCodec<Impression> impressions = EventCodec.of(Impression.class, EventFormat.AVRO);
        EventCodec<Click> clicks = EventCodec.of(Click.class, EventFormat.AVRO);
        Simulator simulator = simulator();
        return new HistoryCursor<>() {
            private int line;

            @Override
            public @Nullable HistoryEvent next() {
                if (!simulator.hasNext()) {
                    return null;
                }
                SimulatedEvent event = simulator.next();
                boolean isShown = event instanceof SimulatedEvent.Shown;
                return new HistoryEvent(
                        isShown ? Kind.IMPRESSION : Kind.CLICK,
                        new Origin("world.avro", 0, ++line, -1),
                        event.timestamp(),
                        isShown
                                ? impressions.encode(((SimulatedEvent.Shown) event).impression())
                                : clicks.encode(((SimulatedEvent.Clicked) event).click()));
            }

            @Override
            public void close() {}
        };
    }

    private Simulator simulator() {
        World world =
                new World(
                        SEED,
                        new WorldSettings(
                                START,
                                duration,
                                60,
                                40,
                                0,
                                6,
                                5,
                                WorldSettings.Drift.ABRUPT,
                                Duration.ofSeconds(40),
                                LATEST_CLICK));
        return new Simulator(world, SEED, 1000.0 / MILLIS_APART);
    }
}
