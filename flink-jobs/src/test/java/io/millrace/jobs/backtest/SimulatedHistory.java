package io.millrace.jobs.backtest;

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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The events of a simulated world, with some that are wrong: line {@link #UNREADABLE} is no event,
 * the first impression from line {@link #ODD} on has a word for its position, and the first from
 * line {@link #LOST} on that is clicked is left out.
 *
 * @param seed of the world
 * @param gate what to wait for at an event, by its line; for tests that look in between
 */
public record SimulatedHistory(long seed, Gate gate) implements History {

    public static final Instant START = Instant.parse("2024-05-06T07:08:09Z");
    public static final int UNREADABLE = 100;
    public static final int ODD = 200;
    public static final int LOST = 300;

    private static final long serialVersionUID = 1L;
    private static final double PER_SECOND = 10;

    public SimulatedHistory(long seed) {
        this(seed, line -> {});
    }

    /** What a cursor passes before it gives an event. */
    public interface Gate extends java.io.Serializable {
        void pass(int line);
    }

    @Override
    public EventFormat format() {
        return EventFormat.AVRO;
    }

    @Override
    public long size() {
        return events().size();
    }

    @Override
    public SortedMap<String, String> facts() {
        return new TreeMap<>();
    }

    @Override
    public HistoryCursor<HistoryEvent> open() {
        Iterator<HistoryEvent> events = events().iterator();
        return new HistoryCursor<>() {
            private int line;

            @Override
            public @Nullable HistoryEvent next() {
                gate.pass(++line);
                return events.hasNext() ? events.next() : null;
            }

            @Override
            public void close() {}
        };
    }

    /** All events, in the order of time. */
    public List<HistoryEvent> events() {
        EventCodec<Impression> impressions = EventCodec.of(Impression.class, EventFormat.AVRO);
        EventCodec<Click> clicks = EventCodec.of(Click.class, EventFormat.AVRO);
        List<HistoryEvent> events = new ArrayList<>();
        String lost = "";
        boolean odd = false;
        Simulator simulator = new Simulator(world(), seed, PER_SECOND);
        while (simulator.hasNext()) {
            SimulatedEvent event = simulator.next();
            if (event instanceof SimulatedEvent.Shown shown) {
                if (lost.isEmpty() && events.size() >= LOST && shown.clicked()) {
                    lost = shown.impressionId();
                    continue;
                }
                Impression impression = shown.impression();
                if (!odd && events.size() + 1 >= ODD) {
                    odd = true;
                    Map<String, Object> features = new HashMap<>(impression.getFeatures());
                    features.put("position", "third");
                    impression.setFeatures(features);
                }
                events.add(event(Kind.IMPRESSION, events, event, impressions.encode(impression)));
            } else if (event instanceof SimulatedEvent.Clicked clicked) {
                events.add(event(Kind.CLICK, events, event, clicks.encode(clicked.click())));
            }
            if (events.size() + 1 == UNREADABLE) {
                byte[] payload = "no event".getBytes(StandardCharsets.UTF_8);
                events.add(event(Kind.IMPRESSION, events, event, payload));
            }
        }
        return events;
    }

    private static HistoryEvent event(
            Kind kind, List<HistoryEvent> before, SimulatedEvent event, byte[] payload) {
        return new HistoryEvent(
                kind,
                new Origin("world.avro", 0, before.size() + 1, -1),
                event.timestamp(),
                payload);
    }

    private World world() {
        return new World(
                seed,
                new WorldSettings(
                        START,
                        Duration.ofMinutes(5),
                        50,
                        30,
                        10,
                        6,
                        5,
                        WorldSettings.Drift.ABRUPT,
                        Duration.ofMillis(700),
                        Duration.ofSeconds(4)));
    }
}
