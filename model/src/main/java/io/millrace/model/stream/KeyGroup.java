package io.millrace.model.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.model.feature.InvalidEventException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.MurmurHash3;
import org.jspecify.annotations.Nullable;

/**
 * A way to make keys of an event, and what is kept for each of them: one for each distinct list of
 * fields that stream features are by, and one for each profile.
 */
public final class KeyGroup {

    /** Of a list field, this many elements make keys: by custom the newest. */
    public static final int MOST_KEYS = 50;

    /** Characters of a key, and of a text that is remembered: they lie in state and on a topic. */
    public static final int LONGEST_KEY = 1024;

    private final String id;
    private final List<String> by;
    private final @Nullable String profile;
    private final List<Accumulator> kept;
    private final long[] hashes;

    /**
     * @param kept the empty accumulators, of distinct definitions
     */
    private KeyGroup(String id, List<String> by, @Nullable String profile, List<Accumulator> kept) {
        this.id = id;
        this.by = List.copyOf(by);
        this.profile = profile;
        this.kept = List.copyOf(kept);
        hashes = kept.stream().mapToLong(KeyGroup::hash).toArray();
    }

    static KeyGroup by(List<String> fields, List<Accumulator> kept) {
        return new KeyGroup(id(fields), fields, null, kept);
    }

    /** The id of the group that is by these fields. */
    static String id(List<String> fields) {
        return "by:" + (fields.size() == 1 ? escaped(fields.get(0)) : key(fields));
    }

    static KeyGroup of(Profile profile) {
        return new KeyGroup(
                profileId(profile.name()),
                List.of(profile.by()),
                profile.name(),
                List.of(ProfileValues.EMPTY));
    }

    /** The id of a profile's group. */
    public static String profileId(String profile) {
        return "profile:" + profile;
    }

    /** A stable name: {@code by:user}, {@code by:user,genres}, {@code profile:users}. */
    public String id() {
        return id;
    }

    /** The fields whose values are the key. */
    public List<String> by() {
        return by;
    }

    /** The profile's name; null for stream features. */
    public @Nullable String profile() {
        return profile;
    }

    /** Whether an update can change a row of this group. */
    public boolean takes(StreamUpdate update) {
        return kept.stream().anyMatch(accumulator -> accumulator.takes(update));
    }

    @Override
    public String toString() {
        return id;
    }

    /** The empty accumulators, of distinct definitions. */
    List<Accumulator> kept() {
        return kept;
    }

    /** What a stored row calls the accumulator at a position in {@link #kept}. */
    long hash(int position) {
        return hashes[position];
    }

    /** Where the accumulator of this definition is in {@link #kept}. */
    int position(String definition) {
        for (int i = 0; i < kept.size(); i++) {
            if (kept.get(i).definition().equals(definition)) {
                return i;
            }
        }
        throw new IllegalArgumentException("the group " + id + " does not keep " + definition);
    }

    /** The keys of an event; none when one of the fields misses. */
    List<String> keys(EventFields event) throws InvalidEventException {
        List<List<String>> keys = List.of(List.of());
        boolean many = false;
        for (String field : by) {
            Object value = event.value(field);
            if (value == null) {
                return List.of();
            }
            List<String> texts = EventFields.texts(field, value);
            if (value instanceof List) {
                if (many) {
                    throw severalLists();
                }
                many = true;
                texts = lastDistinct(texts);
            }
            keys = product(keys, texts);
        }
        List<String> joined = new ArrayList<>(keys.size());
        for (List<String> key : keys) {
            joined.add(checked(key(key)));
        }
        return joined;
    }

    /** One text is the key itself; commas tell several apart. */
    private static String key(List<String> texts) {
        if (texts.size() == 1) {
            return texts.get(0);
        }
        List<String> escaped = new ArrayList<>(texts.size());
        for (String text : texts) {
            escaped.add(escaped(text));
        }
        return String.join(",", escaped);
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace(",", "\\,");
    }

    /** The first half of MurmurHash3 x64 128 of the definition's UTF-8, seed 0. */
    private static long hash(Accumulator accumulator) {
        return MurmurHash3.hash128x64(accumulator.definition().getBytes(UTF_8))[0];
    }

    private static List<String> lastDistinct(List<String> texts) {
        return texts.subList(Math.max(0, texts.size() - MOST_KEYS), texts.size()).stream()
                .distinct()
                .toList();
    }

    private static List<List<String>> product(List<List<String>> keys, List<String> texts) {
        List<List<String>> longer = new ArrayList<>(keys.size() * texts.size());
        for (List<String> key : keys) {
            for (String text : texts) {
                List<String> one = new ArrayList<>(key);
                one.add(text);
                longer.add(one);
            }
        }
        return longer;
    }

    private String checked(String key) throws InvalidEventException {
        if (key.length() > LONGEST_KEY) {
            throw new InvalidEventException(
                    "the key of what is kept by "
                            + String.join(", ", by)
                            + " has "
                            + key.length()
                            + " characters; expected at most "
                            + LONGEST_KEY);
        }
        return key;
    }

    private InvalidEventException severalLists() {
        return new InvalidEventException(
                "stream features by "
                        + String.join(", ", by)
                        + ": expected at most one list among these fields, found several");
    }
}
