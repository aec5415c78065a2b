package io.millrace.jobs.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.schemas.Click;
import io.millrace.schemas.Impression;
import io.millrace.schemas.Profile;
import io.millrace.schemas.Rating;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;

/**
 * An input event or a profile as a line of JSON: its fields and, beside them, its {@code type}:
 * {@code impression}, {@code click}, {@code rating} or {@code profile}. A profile also has which
 * {@code profile} it is of. Used by one thread.
 */
public final class EventLine {

    private static final String TYPE = "type";
    private static final String PROFILE = "profile";

    private final JsonMapper mapper =
            JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .build();
    private final EventCodec<Impression> impressions =
            EventCodec.of(Impression.class, EventFormat.JSON);
    private final EventCodec<Click> clicks = EventCodec.of(Click.class, EventFormat.JSON);
    private final EventCodec<Rating> ratings = EventCodec.of(Rating.class, EventFormat.JSON);
    private final Map<String, EventCodec<? extends SpecificRecord>> codecs =
            new TreeMap<>(
                    Map.of(
                            "impression",
                            impressions,
                            "click",
                            clicks,
                            "rating",
                            ratings,
                            PROFILE,
                            EventCodec.of(Profile.class, EventFormat.JSON)));

    private String profile = "";

    /** The name of the profile that was read last. */
    public String profile() {
        return profile;
    }

    /** The line of an event, without a line break. */
    public String write(SpecificRecord event) {
        if (event instanceof Impression impression) {
            return write("impression", impressions.encode(impression));
        }
        if (event instanceof Click click) {
            return write("click", clicks.encode(click));
        }
        if (event instanceof Rating rating) {
            return write("rating", ratings.encode(rating));
        }
        throw new IllegalArgumentException(event.getClass() + " is no input event");
    }

    /**
     * The event or the profile of a line.
     *
     * @throws BadLineException saying what is wrong with it
     */
    public SpecificRecord read(String line) throws BadLineException {
        ObjectNode fields = object(line);
        JsonNode type = fields.remove(TYPE);
        if (type == null || !type.isTextual()) {
            throw new BadLineException(
                    "it has no \"type\"; expected one of "
                            + codecs.keySet()
                            + " beside the fields");
        }
        EventCodec<? extends SpecificRecord> codec = codecs.get(type.textValue());
        if (codec == null) {
            throw new BadLineException(
                    "unknown type " + type + "; expected one of " + codecs.keySet());
        }
        if (type.textValue().equals(PROFILE)) {
            JsonNode name = fields.remove(PROFILE);
            if (name == null || !name.isTextual()) {
                throw new BadLineException("it has no \"profile\", the name of the profile");
            }
            if (name.textValue().isEmpty()) {
                throw new BadLineException(
                        "its \"profile\" is empty; expected the name of a profile, as the pipeline"
                                + " file declares it");
            }
            profile = name.textValue();
        }
        try {
            return codec.decode(mapper.writeValueAsBytes(fields));
        } catch (UndecodableException e) {
            throw new BadLineException(String.valueOf(e.getMessage()));
        } catch (JsonProcessingException e) {
            throw new BadLineException(e.getOriginalMessage());
        }
    }

    private ObjectNode object(String line) throws BadLineException {
        JsonNode tree;
        try {
            tree = mapper.readTree(line);
        } catch (JsonProcessingException e) {
            throw new BadLineException("it is not JSON: " + e.getOriginalMessage());
        }
        if (tree instanceof ObjectNode fields) {
            return fields;
        }
        throw new BadLineException("expected a JSON object, found " + tree.getNodeType());
    }

    private String write(String type, byte[] json) {
        try {
            ObjectNode line = mapper.createObjectNode().put(TYPE, type);
            line.setAll((ObjectNode) mapper.readTree(json));
            return mapper.writeValueAsString(line);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "not JSON: " + new String(json, StandardCharsets.UTF_8), e);
        }
    }

    /** Says why a line is neither an event nor a profile. */
    public static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1L;

        BadLineException(String message) {
            super(message);
        }
    }
}
