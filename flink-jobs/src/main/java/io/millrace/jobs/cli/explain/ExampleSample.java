package io.millrace.jobs.cli.explain;

import io.millrace.jobs.history.EventLine;
import io.millrace.jobs.history.EventPayloads;
import io.millrace.jobs.history.History;
import io.millrace.jobs.history.HistoryCursor;
import io.millrace.jobs.history.HistoryEvent;
import io.millrace.jobs.history.file.BadRows;
import io.millrace.jobs.movielens.MovieLens100K;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.UndecodableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;

/**
 * A sample of recorded events as unlabelled examples, each event with the same chance to be in it:
 * J. S. Vitter, "Random Sampling with a Reservoir", 1985, algorithm R.
 */
public final class ExampleSample {

    /** Of a history; enough to draw from. */
    private static final int MOST_DECODED = 100_000;

    private final FeatureExtractor extractor;
    private final int size;
    private final Random random;
    private final List<Example> examples = new ArrayList<>();
    private long events;

    /**
     * @param size of the sample at most
     */
    public ExampleSample(ModelSpec spec, int size) {
        extractor = new FeatureExtractor(spec);
        this.size = size;
        random = new Random(spec.seed());
    }

    /** Takes all ratings. */
    public void read(MovieLens100K data) throws InvalidEventException {
        for (Rating rating : (Iterable<Rating>) data.ratings()::iterator) {
            add(rating);
        }
    }

    /**
     * Takes the ratings and impressions of a file of JSON lines.
     *
     * @param badRows told of every line that is neither event nor profile, or does not fit the
     *     model's features
     */
    public void read(Path file, BadRows badRows) throws IOException {
        EventLine lines = new EventLine();
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Files.newInputStream(file), StandardCharsets.UTF_8))) {
            long number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                try {
                    if (!line.isBlank()) {
                        add(lines.read(line));
                    }
                } catch (EventLine.BadLineException | InvalidEventException e) {
                    badRows.found(
                            String.valueOf(file.getFileName()),
                            number,
                            String.valueOf(e.getMessage()));
                }
            }
        }
    }

    /**
     * Takes the ratings and impressions of a history, of a long one every so many. Those that do
     * not fit the model's features are passed over.
     */
    public void read(History history) throws IOException {
        EventPayloads payloads = new EventPayloads(history.format());
        long every = Math.max(1, history.size() / MOST_DECODED);
        try (HistoryCursor<HistoryEvent> cursor = history.open()) {
            long index = 0;
            for (HistoryEvent event = cursor.next(); event != null; event = cursor.next()) {
                if (index++ % every == 0) {
                    try {
                        add(payloads.decode(event.kind(), event.payload()));
                    } catch (UndecodableException | InvalidEventException e) {
                        continue;
                    }
                }
            }
        }
    }

    /** The sample; empty when there were no examples. */
    public List<Example> examples() {
        return Collections.unmodifiableList(examples);
    }

    /** Events that had a chance. */
    public long events() {
        return events;
    }

    private void add(SpecificRecord event) throws InvalidEventException {
        if (event instanceof Rating rating) {
            add(rating.getUser(), rating.getItem(), rating.getFeatures(), rating.getTimestamp());
        } else if (event instanceof Impression shown) {
            add(shown.getUser(), shown.getItem(), shown.getFeatures(), shown.getTimestamp());
        }
    }

    private void add(String user, String item, Map<String, Object> features, long timestamp)
            throws InvalidEventException {
        Example example = extractor.extract(user, item, features, Map.of(), timestamp);
        events++;
        if (examples.size() < size) {
            examples.add(example);
        } else {
            long place = random.nextLong(events);
            if (place < size) {
                examples.set((int) place, example);
            }
        }
    }
}
