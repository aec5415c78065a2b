package io.millrace.jobs.cli.stream;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.EventPayloads;
import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.file.EventCounts;
import io.millrace.jobs.simulate.Pacer;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.UndecodableException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;

/**
 * Recorded events on their way to the topics of a pipeline, in the order of event time. Events of
 * one topic with the same key (impression id, or user of a rating) stay in order.
 */
public final class HistoryFeed {

    private static final Duration PATIENCE = Duration.ofMillis(200);

    private final PipelineConfig.Topics topics;
    private final Sender sender;

    /**
     * @param sender takes the events; waiting until they have arrived is the caller's
     */
    public HistoryFeed(PipelineConfig.Topics topics, Sender sender) {
        this.topics = topics;
        this.sender = sender;
    }

    /** Sends all events as fast as they are taken. */
    public EventCounts send(History history) throws IOException, InterruptedException {
        return send(history, Double.POSITIVE_INFINITY, () -> false, (sent, time) -> {});
    }

    /**
     * Sends events until there are no more or {@code stopped} says so.
     *
     * @param speed how much faster than their event times; infinity for no waiting at all
     * @param stopped asked before each event, and some times a second while waiting for one
     * @param progress told as often
     * @return what was sent
     */
    public EventCounts send(
            History history, double speed, BooleanSupplier stopped, Progress progress)
            throws IOException, InterruptedException {
        EventPayloads payloads = new EventPayloads(history.format());
        Pace pace = new Pace(speed);
        EventCounts sent = EventCounts.NONE;
        try (HistoryCursor<HistoryEvent> cursor = history.open()) {
            for (HistoryEvent event = cursor.next(); event != null; event = cursor.next()) {
                while (!pace.reaches(event.time())) {
                    progress.reached(sent, pace.reached);
                    if (stopped.getAsBoolean()) {
                        return sent;
                    }
                }
                if (stopped.getAsBoolean()) {
                    return sent;
                }
                send(payloads.decode(event.kind(), event.payload()));
                sent = sent.plus(event.kind());
                progress.reached(sent, event.time());
            }
        } catch (UndecodableException e) {
            throw new IOException("an event cannot be decoded: " + e.getMessage(), e);
        }
        return sent;
    }

    private void send(SpecificRecord event) {
        switch (EventPayloads.kind(event)) {
            case IMPRESSION ->
                    sender.send(
                            topics.impressions(), ((Impression) event).getImpressionId(), event);
            case CLICK -> sender.send(topics.clicks(), ((Click) event).getImpressionId(), event);
            case RATING -> sender.send(topics.ratings(), ((Rating) event).getUser(), event);
        }
    }

    /** Takes events. */
    @FunctionalInterface
    public interface Sender {
        void send(String topic, String key, SpecificRecord event);
    }

    /** Hears how far it is. */
    @FunctionalInterface
    public interface Progress {

        /** Told what has been sent, and which event time has been reached. */
        void reached(EventCounts sent, long time);
    }

    /** Waits for event times in steps that are short for people. */
    private static final class Pace {

        private final Pacer pacer;
        private final long step;
        private boolean started;
        private long reached;

        Pace(double speed) {
            pacer = new Pacer(speed);
            step = Math.max(1, (long) Math.min(PATIENCE.toMillis() * speed, Long.MAX_VALUE));
        }

        /** Waits a step towards it; whether it has been reached. */
        boolean reaches(long time) throws InterruptedException {
            boolean isLast = !started || time - reached <= step;
            reached = isLast ? time : reached + step;
            started = true;
            pacer.await(reached);
            return isLast;
        }
    }
}
