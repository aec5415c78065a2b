package io.millrace.jobs.backtest;

import io.millrace.jobs.backtest.OutcomeFile.RejectedEvent;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.label.ClickReader;
import io.millrace.jobs.label.ImpressionReader;
import io.millrace.jobs.label.LabelEvent;
import io.millrace.jobs.label.RatingReader;
import io.millrace.jobs.source.DeadLetters;
import io.millrace.jobs.source.Origin;
import io.millrace.jobs.source.Sourced;
import io.millrace.jobs.source.SourcedReader;
import io.millrace.model.loss.Objective;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.codec.EventFormat;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads payloads as production does, and makes every pipeline's example of each; in parallel, since
 * it looks at nothing but the event.
 */
final class EventDecoder extends RichMapFunction<HistoryRecord, ReadEvent> {

    private static final long serialVersionUID = 1L;
    private static final String RATING_ID = "";

    // -- configuration

    private final List<String> pipelines;
    private final BacktestExamples examples;
    private final BacktestProfiles profiles;
    private final Objective objective;
    private final EventFormat format;
    private final int maxBytes;
    private final Duration maxAhead;
    private final Origins origins;

    // -- runtime

    private transient @Nullable SourcedReader<LabelEvent<BacktestExample>> impressions;
    private transient @Nullable SourcedReader<LabelEvent<BacktestExample>> clicks;
    private transient @Nullable SourcedReader<BacktestExample> ratings;
    private transient ProfileDecoder profileDecoder;

    /**
     * @param pipelines their names
     * @param maxBytes largest payload that is decoded
     * @param maxAhead how far an event time may lie after the record's arrival
     */
    EventDecoder(
            List<String> pipelines,
            BacktestExamples examples,
            BacktestProfiles profiles,
            Objective objective,
            EventFormat format,
            int maxBytes,
            Duration maxAhead,
            Origins origins) {
        this.pipelines = pipelines;
        this.examples = examples;
        this.profiles = profiles;
        this.objective = objective;
        this.format = format;
        this.maxBytes = maxBytes;
        this.maxAhead = maxAhead;
        this.origins = origins;
    }

    @Override
    public void open(OpenContext context) {
        profileDecoder =
                new ProfileDecoder(pipelines, profiles, format, maxBytes, maxAhead, origins);
        if (objective instanceof Objective.Rating rating) {
            ratings =
                    new SourcedReader<>(
                            new RatingReader<>(examples, rating, format, maxBytes), maxAhead);
        } else {
            impressions =
                    new SourcedReader<>(
                            new ImpressionReader<>(examples, format, maxBytes), maxAhead);
            clicks = new SourcedReader<>(new ClickReader<>(format, maxBytes), maxAhead);
        }
    }

    @Override
    public ReadEvent map(HistoryRecord sent) {
        return sent instanceof NumberedProfile profile
                ? profileDecoder.read(profile)
                : read((NumberedEvent) sent);
    }

    private ReadEvent read(NumberedEvent numbered) {
        HistoryEvent event = numbered.event();
        byte[] payload = event.payload();
        Origin origin = event.origin();
        return switch (event.kind()) {
            case IMPRESSION ->
                    impressions == null
                            ? unused(numbered)
                            : read(numbered, impressions.read(payload, origin));
            case CLICK ->
                    clicks == null
                            ? unused(numbered)
                            : read(numbered, clicks.read(payload, origin));
            case RATING ->
                    ratings == null
                            ? unused(numbered)
                            : read(numbered, asEvent(ratings.read(payload, origin)));
        };
    }

    private static Sourced<LabelEvent<BacktestExample>> asEvent(Sourced<BacktestExample> sourced) {
        if (sourced instanceof Sourced.Event<BacktestExample> event) {
            return new Sourced.Event<>(
                    event.origin(),
                    event.eventTime(),
                    new LabelEvent.Impressed<>(RATING_ID, event.value()));
        }
        return new Sourced.Rejected<>(
                sourced.origin(), ((Sourced.Rejected<BacktestExample>) sourced).letter());
    }

    private ReadEvent read(NumberedEvent numbered, Sourced<LabelEvent<BacktestExample>> sourced) {
        if (sourced instanceof Sourced.Rejected<LabelEvent<BacktestExample>> rejected) {
            DeadLetter letter = rejected.letter();
            return rejected(numbered, letter.getReason(), letter.getDetail());
        }
        var event = (Sourced.Event<LabelEvent<BacktestExample>>) sourced;
        if (event.value() instanceof LabelEvent.Impressed<BacktestExample> impressed) {
            BacktestExample example = impressed.example();
            return read(
                    numbered,
                    event.eventTime(),
                    new LabelEvent.Impressed<>(
                            impressed.impressionId(), example.of(numbered.number())),
                    problems(event.origin(), example));
        }
        return read(numbered, event.eventTime(), event.value(), List.of());
    }

    private static ReadEvent read(
            NumberedEvent numbered,
            long time,
            @Nullable LabelEvent<BacktestExample> event,
            List<RejectedEvent> rejected) {
        return new ReadEvent(numbered.place(), numbered.number(), time, event, null, rejected);
    }

    private List<RejectedEvent> problems(Origin origin, BacktestExample example) {
        if (example.problems().size() == pipelines.size()) {
            return List.of(
                    new RejectedEvent(
                            origins.text(origin),
                            "",
                            DeadLetters.INVALID_VALUE,
                            example.problems().get(0).detail()));
        }
        return example.problems().stream()
                .map(
                        problem ->
                                new RejectedEvent(
                                        origins.text(origin),
                                        pipelines.get(problem.pipeline()),
                                        DeadLetters.INVALID_VALUE,
                                        problem.detail()))
                .toList();
    }

    private ReadEvent unused(NumberedEvent numbered) {
        String what =
                switch (numbered.event().kind()) {
                    case IMPRESSION -> "an impression";
                    case CLICK -> "a click";
                    case RATING -> "a rating";
                };
        return rejected(
                numbered,
                DeadLetters.INVALID_VALUE,
                "the event is "
                        + what
                        + "; the pipelines learn from "
                        + (ratings == null ? "impressions and clicks" : "ratings"));
    }

    private ReadEvent rejected(NumberedEvent numbered, String reason, String detail) {
        return read(
                numbered,
                numbered.event().time(),
                null,
                List.of(
                        new RejectedEvent(
                                origins.text(numbered.event().origin()), "", reason, detail)));
    }
}
