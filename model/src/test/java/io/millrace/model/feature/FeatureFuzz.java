package io.millrace.model.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.ModelSpec;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.config.ModelSpecReader;
import io.millrace.model.example.Example;
import io.millrace.schemas.Impression;
import io.millrace.schemas.codec.EventCodec;
import io.millrace.schemas.codec.EventFormat;
import io.millrace.schemas.codec.UndecodableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whatever an event carries, the answer is an example of finite numbers, the same each time, or a
 * refusal in one printable sentence.
 */
abstract class FeatureFuzz {

    private static final int SHARE = 120;

    private static final ModelSpec SPEC =
            ModelSpecReader.read(
                    ConfigNode.parse(
                            """
                            model: fuzz
                            objective: {type: click}
                            features:
                              user: {type: categorical, dimension: 2}
                              a: {type: categorical, dimension: 2}
                              b: {type: categorical-list, dimension: 2, max-length: 3}
                              c: {type: bucket, dimension: 2, boundaries: [-1, 0, 1e300]}
                              d: {type: numeric}
                              e: {type: numeric, log: true, clip: [0, 1], standardize: {mean: 1, deviation: 1e-30}}
                              f: {type: cyclic, period: week}
                              g: {type: cyclic, field: timestamp, period: hour}
                              crossed: {type: cross, of: [c, a, user], dimension: 2}
                            architecture: {type: dcn-v2}
                            optimizers: {embedding: {type: sgd}, dense: {type: sgd}}
                            """,
                            "fuzz.yaml"));

    private final Random random = new Random(34);
    private final FeatureExtractor extractor = new FeatureExtractor(SPEC);

    /** Inputs of all fuzz tests together. */
    abstract int inputs();

    @Test
    void features() throws UndecodableException {
        EventCodec<Impression> codec = EventCodec.of(Impression.class, EventFormat.AVRO);
        int accepted = 0;
        int count = inputs() / 1000 * SHARE;
        for (int i = 0; i < count; i++) {
            Impression event = codec.decode(codec.encode(event()));
            try {
                Example example = extract(event);
                accepted++;
                assertSound(example);
                Example again = extract(event);
                if (!List.of(boxed(again)).equals(List.of(boxed(example)))) {
                    throw new AssertionError("another example the second time: " + event);
                }
            } catch (InvalidEventException e) {
                String message = String.valueOf(e.getMessage());
                if (message.isBlank()
                        || message.length() > 1010
                        || message.chars().anyMatch(Character::isISOControl)) {
                    throw new AssertionError("event " + i + ", " + event + ": " + message);
                }
            } catch (RuntimeException | Error e) {
                throw new AssertionError("event " + i + ", " + event, e);
            }
        }
        assertThat(accepted).as("accepted of " + count).isBetween(count / 100, count / 2);
    }

    private Example extract(Impression event) throws InvalidEventException {
        return extractor.extract(
                event.getUser(),
                event.getItem(),
                event.getFeatures(),
                Map.of(),
                event.getTimestamp());
    }

    private static void assertSound(Example example) {
        int before = 0;
        for (int end : example.ends()) {
            if (end <= before) {
                throw new AssertionError("a feature without a key");
            }
            before = end;
        }
        for (float number : example.numeric()) {
            if (!Float.isFinite(number)) {
                throw new AssertionError("a number that is not finite: " + number);
            }
        }
    }

    private static Object boxed(Example example) {
        List<Object> values = new ArrayList<>();
        for (long key : example.keys()) {
            values.add(key);
        }
        for (float number : example.numeric()) {
            values.add(number);
        }
        return values;
    }

    private Impression event() {
        Map<String, Object> features = new HashMap<>();
        for (String name : List.of("a", "b", "c", "d", "e", "f", "h")) {
            if (random.nextInt(3) == 0) {
                features.put(name, value());
            }
        }
        return new Impression("i", random.nextLong(), text(), text(), features);
    }

    private @Nullable Object value() {
        return switch (random.nextInt(9)) {
            case 0 -> null;
            case 1 -> random.nextLong() >> random.nextInt(64);
            case 2 -> Double.longBitsToDouble(random.nextLong());
            case 3 -> random.nextGaussian() * 1e6;
            case 4 -> random.nextBoolean();
            case 5 -> Double.NaN;
            case 6 -> List.of();
            case 7 -> List.of(text(), text(), text(), text());
            default -> text();
        };
    }

    private String text() {
        char[] chars = new char[random.nextInt(random.nextInt(100) == 0 ? 5000 : 6)];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) random.nextInt(random.nextBoolean() ? 128 : 0xD800);
        }
        return new String(chars);
    }
}
