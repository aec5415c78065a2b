package io.millrace.jobs.cli.inspect;

import io.millrace.jobs.config.PipelineConfig;
import io.millrace.schemas.Click;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.FeatureRow;
import io.millrace.schemas.Impression;
import io.millrace.schemas.ModelVersion;
import io.millrace.schemas.PrequentialMetrics;
import io.millrace.schemas.Profile;
import io.millrace.schemas.Rating;
import io.millrace.schemas.Score;
import io.millrace.schemas.ScoreRequest;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.OtherVersions;
import io.millrace.schemas.codec.UndecodableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of any record of ours, in the pipeline's format or, to show them, in the other. Used
 * by one thread.
 */
final class EventContents {

    private static final List<Class<? extends SpecificRecord>> ALL =
            List.of(
                    Impression.class,
                    Click.class,
                    Rating.class,
                    ScoreRequest.class,
                    Score.class,
                    ModelVersion.class,
                    PrequentialMetrics.class,
                    Profile.class,
                    FeatureRow.class,
                    DeadLetter.class);

    private final EventFormat format;
    private final OtherVersions.Opened schemas;
    private final Map<Class<?>, Map<EventFormat, EventCodec<? extends SpecificRecord>>> codecs =
            new HashMap<>();

    EventContents(PipelineConfig config) {
        format = config.events().format();
        schemas = config.events().schemas().open(Integer.MAX_VALUE);
    }

    /**
     * What a value is.
     *
     * @param expected what its topic holds; empty when nobody knows
     */
    Content read(byte @Nullable [] value, Optional<Class<? extends SpecificRecord>> expected) {
        byte[] bytes = value == null ? new byte[0] : value;
        if (expected.isEmpty()) {
            return new Content(bytes, readAsAny(bytes), false, "nobody knows what the topic holds");
        }
        try {
            return new Content(
                    bytes, decode(schemas.today(bytes), expected.get(), format), true, null);
        } catch (UndecodableException e) {
            return new Content(bytes, readAnyhow(bytes, expected.get()), false, e.getMessage());
        }
    }

    /** The event in that format; of JSON it has to be of that type. */
    <T extends SpecificRecord> T decode(byte[] bytes, Class<T> type, EventFormat as)
            throws UndecodableException {
        return type.cast(codec(type, as).decode(bytes));
    }

    /** The event in the pipeline's format. */
    @SuppressWarnings("unchecked") // a codec is kept under its own type
    <T extends SpecificRecord> byte[] encode(T event) {
        return ((EventCodec<T>) codec(event.getClass(), format)).encode(event);
    }

    private @Nullable SpecificRecord readAnyhow(
            byte[] bytes, Class<? extends SpecificRecord> expected) {
        if (bytes.length > 0 && bytes[0] == '{') {
            try {
                return decode(bytes, expected, EventFormat.JSON);
            } catch (UndecodableException e) {
                return null;
            }
        }
        return readAsAny(bytes);
    }

    /** Avro names its schema, so at most one type can be read. */
    private @Nullable SpecificRecord readAsAny(byte[] bytes) {
        for (Class<? extends SpecificRecord> type : ALL) {
            try {
                return decode(bytes, type, EventFormat.AVRO);
            } catch (UndecodableException e) {
                // Then it may be of another.
            }
        }
        return null;
    }

    private EventCodec<? extends SpecificRecord> codec(
            Class<? extends SpecificRecord> type, EventFormat as) {
        return codecs.computeIfAbsent(type, key -> new HashMap<>())
                .computeIfAbsent(as, key -> EventCodec.of(type, as, Integer.MAX_VALUE));
    }
}
