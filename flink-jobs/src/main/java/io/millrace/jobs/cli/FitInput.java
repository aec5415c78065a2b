package io.millrace.jobs.cli;

import io.millrace.jobs.cli.process.Workspace;
import io.millrace.jobs.cli.stream.Histories;
import io.millrace.jobs.config.PipelineConfig;
import io.millrace.jobs.history.EventPayloads;
import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.TimeRange;
import io.millrace.jobs.history.file.BadRows;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.loss.Objective;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.UndecodableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/**
 * The events that models are trained on offline, in the order of event time.
 *
 * @param from the directory or file they are of
 * @param events ratings, impressions and clicks
 * @param profiles how many records of profiles there are, which are passed over
 */
record FitInput(Path from, List<SpecificRecord> events, long profiles) {

    /** Reads recorded events of any known format, all of which must be good. */
    static FitInput read(Path path) throws IOException {
        BadRows badRows =
                (file, line, problem) -> {
                    throw new UsageException(
                            "%s, line %d: %s"
                                    .formatted(
                                            Files.isDirectory(path) ? path.resolve(file) : path,
                                            line,
                                            problem));
                };
        List<SpecificRecord> events = new ArrayList<>();
        long profiles;
        try (Workspace scratch = Workspace.temporary()) {
            History history = Histories.open(path, TimeRange.ALL, scratch.path(), badRows);
            profiles = history.profiles().values().stream().mapToLong(Long::longValue).sum();
            EventPayloads payloads = new EventPayloads(history.format());
            try (HistoryCursor<HistoryEvent> cursor = history.open()) {
                for (HistoryEvent event = cursor.next(); event != null; event = cursor.next()) {
                    events.add(payloads.decode(event.kind(), event.payload()));
                }
            }
        } catch (UndecodableException e) {
            throw new IOException(path + " has changed while it was read", e);
        }
        return new FitInput(path, events, profiles);
    }

    /**
     * What a model sees of them: its examples, in the order of ratings or impressions. An
     * impression is a positive when a click on it comes within the attribution window.
     */
    List<Example> examples(PipelineConfig config) {
        FeatureExtractor extractor = new FeatureExtractor(config.model());
        List<Example> examples =
                config.model().objective() instanceof Objective.Rating range
                        ? ratings(extractor, range)
                        : impressions(extractor, config.labels().attributionWindow().toMillis());
        if (examples.isEmpty()) {
            throw new UsageException(
                    "--input %s has no %s to train the model %s on"
                            .formatted(
                                    from,
                                    config.model().objective() instanceof Objective.Rating
                                            ? "ratings"
                                            : "impressions",
                                    config.model().name()));
        }
        return examples;
    }

    /** Whether an event that such a model learns from has a value in this field. */
    boolean has(String field, Objective objective) {
        return switch (field) {
            case "user", "item", "timestamp" -> true;
            default ->
                    events.stream()
                            .anyMatch(event -> features(event, objective).get(field) != null);
        };
    }

    private static Map<String, Object> features(SpecificRecord event, Objective objective) {
        if (objective instanceof Objective.Rating) {
            return event instanceof Rating rating ? rating.getFeatures() : Map.of();
        }
        return event instanceof Impression shown ? shown.getFeatures() : Map.of();
    }

    private List<Example> ratings(FeatureExtractor extractor, Objective.Rating range) {
        List<Example> examples = new ArrayList<>();
        for (SpecificRecord event : events) {
            if (event instanceof Rating rating) {
                float value = (float) rating.getRating();
                if (!(value >= range.min() && value <= range.max())) {
                    throw unfit(
                            event, "the rating is not from " + range.min() + " to " + range.max());
                }
                examples.add(
                        extract(
                                        extractor,
                                        event,
                                        rating.getUser(),
                                        rating.getItem(),
                                        rating.getFeatures(),
                                        rating.getTimestamp())
                                .labelled(value, 1f));
            }
        }
        return examples;
    }

    private List<Example> impressions(FeatureExtractor extractor, long window) {
        Map<String, List<Long>> clicks = new HashMap<>();
        for (SpecificRecord event : events) {
            if (event instanceof Click click) {
                clicks.computeIfAbsent(click.getImpressionId(), id -> new ArrayList<>())
                        .add(click.getTimestamp());
            }
        }
        List<Example> examples = new ArrayList<>();
        for (SpecificRecord event : events) {
            if (event instanceof Impression shown) {
                long time = shown.getTimestamp();
                boolean clicked =
                        clicks.getOrDefault(shown.getImpressionId(), List.of()).stream()
                                .anyMatch(click -> click >= time && click <= time + window);
                examples.add(
                        extract(
                                        extractor,
                                        event,
                                        shown.getUser(),
                                        shown.getItem(),
                                        shown.getFeatures(),
                                        time)
                                .labelled(clicked ? 1f : 0f, 1f));
            }
        }
        return examples;
    }

    private Example extract(
            FeatureExtractor extractor,
            SpecificRecord event,
            String user,
            String item,
            Map<String, Object> features,
            long timestamp) {
        try {
            return extractor.extract(user, item, features, Map.of(), timestamp);
        } catch (InvalidEventException e) {
            throw unfit(event, String.valueOf(e.getMessage()));
        }
    }

    private UsageException unfit(SpecificRecord event, String problem) {
        return new UsageException(
                "--input %s has an event that the model cannot learn from: %s: %s"
                        .formatted(from, problem, event));
    }
}
