package io.millrace.model.config;

import io.millrace.schemas.codec.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a configuration file that knows its line and its path: a map, a list or a scalar.
 *
 * <p>Values are asked for by key and type. A map remembers which keys were asked, so that {@link
 * #rejectUnknown} can refuse the others: what no reader asks for is a mistake in the file.
 *
 * <p>Every complaint is a {@link ConfigException} of the form {@code file:line: path: sentence}.
 * For one thread.
 */
public final class ConfigNode {

    private static final int LONGEST_QUOTE = 60;

    private final String source;
    private final int line;
    private final String path;
    private final Content content;
    private final Map<String, @Nullable Object> asked = new LinkedHashMap<>();

    ConfigNode(String source, int line, String path, Content content) {
        this.source = source;
        this.line = line;
        this.path = path;
        this.content = content;
    }

    /**
     * Reads YAML, of which JSON is a part.
     *
     * @param sourceName what complaints call the file
     * @return the root, always a map
     * @throws ConfigException for any text that is not one plain map
     */
    public static ConfigNode parse(String text, String sourceName) {
        return new ConfigParser(text, sourceName).parse();
    }

    /** Keys from the root, joined by dots; the root's own is empty. */
    public String path() {
        return path;
    }

    /** The line it starts in, from 1. */
    public int line() {
        return line;
    }

    // -- values by key

    /** Text; numbers and booleans are taken as they are written. */
    public String string(String key) {
        return required(key, "text").text();
    }

    public String string(String key, String byDefault) {
        ConfigNode child = child(key, byDefault);
        return child == null ? byDefault : child.text();
    }

    public int integer(String key) {
        return required(key, "a whole number").asInteger();
    }

    public int integer(String key, int byDefault) {
        ConfigNode child = child(key, byDefault);
        return child == null ? byDefault : child.asInteger();
    }

    public long longNumber(String key) {
        return required(key, "a whole number").asLong();
    }

    public long longNumber(String key, long byDefault) {
        ConfigNode child = child(key, byDefault);
        return child == null ? byDefault : child.asLong();
    }

    /** A finite number. */
    public double number(String key) {
        return required(key, "a number").asDouble();
    }

    /** A finite number. */
    public double number(String key, double byDefault) {
        ConfigNode child = child(key, byDefault);
        return child == null ? byDefault : child.asDouble();
    }

    public boolean bool(String key, boolean byDefault) {
        ConfigNode child = child(key, byDefault);
        return child == null ? byDefault : child.asBoolean();
    }

    /** One of an enum's constants, which the file names in kebab-case. */
    public <E extends Enum<E>> E choice(String key, Class<E> type) {
        return required(key, names(type)).asChoice(type);
    }

    /** One of an enum's constants, which the file names in kebab-case. */
    public <E extends Enum<E>> E choice(String key, Class<E> type, E byDefault) {
        ConfigNode child = child(key, byDefault);
        return child == null ? byDefault : child.asChoice(type);
    }

    public List<Integer> integers(String key, List<Integer> byDefault) {
        return values(key, byDefault, ConfigNode::asInteger);
    }

    /** Finite numbers. */
    public List<Double> numbers(String key, List<Double> byDefault) {
        return values(key, byDefault, ConfigNode::asDouble);
    }

    public List<String> strings(String key, List<String> byDefault) {
        return values(key, byDefault, ConfigNode::text);
    }

    /** A time span such as {@code 250ms}, {@code 2s}, {@code 5m}, {@code 1h} or {@code 7d}. */
    public Duration duration(String key) {
        return required(key, Quantities.DURATION).asDuration();
    }

    /** A time span such as {@code 250ms}, {@code 2s}, {@code 5m}, {@code 1h} or {@code 7d}. */
    public Duration duration(String key, Duration byDefault) {
        ConfigNode child = child(key, byDefault);
        return child == null ? byDefault : child.asDuration();
    }

    /** A size in bytes, written plainly or as {@code 512KiB}, {@code 64MiB} or {@code 1GiB}. */
    public long bytes(String key) {
        return required(key, Quantities.BYTES).asBytes();
    }

    /** A size in bytes, written plainly or as {@code 512KiB}, {@code 64MiB} or {@code 1GiB}. */
    public long bytes(String key, long byDefault) {
        ConfigNode child = child(key, byDefault);
        return child == null ? byDefault : child.asBytes();
    }

    /** The map under a key. */
    public ConfigNode map(String key) {
        return required(key, "a map").asMap();
    }

    /** The map under a key, if the key is there. */
    public Optional<ConfigNode> optionalMap(String key) {
        ConfigNode child = child(key);
        return child == null ? Optional.empty() : Optional.of(child.asMap());
    }

    /** The map under a key, or an empty one in its place. */
    public ConfigNode mapOrEmpty(String key) {
        return optionalMap(key)
                .orElseGet(
                        () -> new ConfigNode(source, line, join(path, key), new Mapping(Map.of())));
    }

    /** The elements of the list under a key. */
    public List<ConfigNode> list(String key) {
        return required(key, "a list").elements();
    }

    /** All values of this map in the order of the file; all its keys then count as asked. */
    public Map<String, ConfigNode> entries() {
        Map<String, ConfigNode> children = children();
        children.keySet().forEach(this::ask);
        return children;
    }

    /** Whether the key is there; it then counts as asked. */
    public boolean has(String key) {
        return child(key) != null;
    }

    /** Whether a plain value such as a text is under the key, which then counts as asked. */
    public boolean isText(String key) {
        ConfigNode child = child(key);
        return child != null && child.content instanceof Scalar scalar && !scalar.isNothing();
    }

    /**
     * The keys of this map that were asked for, in that order, with their defaults: what it may
     * hold. A default is null where there is none.
     */
    public Map<String, @Nullable Object> asked() {
        return Collections.unmodifiableMap(asked);
    }

    /** The text of this scalar, as written. */
    public String text() {
        if (content instanceof Scalar scalar && !scalar.isNothing()) {
            return scalar.text();
        }
        throw expected("text");
    }

    // -- complaints

    /** A complaint about this node. */
    public ConfigException error(String sentence) {
        return error(source, line, path, sentence);
    }

    /** A complaint about the value of a key of this map, or about its default. */
    public ConfigException error(String key, String sentence) {
        ConfigNode child = content instanceof Mapping mapping ? mapping.children().get(key) : null;
        return child == null
                ? error(source, line, join(path, key), sentence)
                : child.error(sentence);
    }

    /**
     * Refuses the first key that nobody asked for, in this map and in all maps below it.
     *
     * @throws ConfigException naming the keys that were asked for and the nearest of them
     */
    public void rejectUnknown() {
        if (content instanceof Mapping mapping) {
            mapping.children()
                    .forEach(
                            (key, child) -> {
                                if (!asked.containsKey(key)) {
                                    throw unknown(key, child);
                                }
                                child.rejectUnknown();
                            });
        } else if (content instanceof Sequence sequence) {
            sequence.elements().forEach(ConfigNode::rejectUnknown);
        }
    }

    static ConfigException error(String source, int line, String path, String sentence) {
        String at = path.isEmpty() ? "" : shorten(path) + ": ";
        return new ConfigException(source + ":" + line + ": " + Printable.of(at + sentence));
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The text in quotes, in one line and not too long. */
    static String quote(String text) {
        return '"' + shorten(text) + '"';
    }

    private static String shorten(String text) {
        String line = text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) : text;
        StringBuilder visible = new StringBuilder(line.length() + 3);
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            visible.append(Character.isISOControl(c) ? ' ' : c);
        }
        return text.length() > LONGEST_QUOTE
                ? visible.append("...").toString()
                : visible.toString();
    }

    private ConfigException unknown(String key, ConfigNode child) {
        if (asked.isEmpty()) {
            return child.error("unknown key; no key is allowed here");
        }
        String hint =
                NearestName.of(key, asked.keySet())
                        .map(nearest -> "; did you mean " + quote(nearest) + "?")
                        .orElse("");
        return child.error("unknown key; allowed are " + String.join(", ", asked.keySet()) + hint);
    }

    private ConfigException expected(String what) {
        return error("expected " + what + ", found " + content.describe());
    }

    // -- reading

    private @Nullable ConfigNode child(String key) {
        ask(key);
        return children().get(key);
    }

    private @Nullable ConfigNode child(String key, Object byDefault) {
        asked.put(key, byDefault);
        return children().get(key);
    }

    private void ask(String key) {
        asked.putIfAbsent(key, null);
    }

    private ConfigNode required(String key, String what) {
        ConfigNode child = child(key);
        if (child == null) {
            throw error("the key " + quote(key) + " is missing (" + what + ")");
        }
        return child;
    }

    private Map<String, ConfigNode> children() {
        if (content instanceof Mapping mapping) {
            return mapping.children();
        }
        throw expected("a map");
    }

    private ConfigNode asMap() {
        children();
        return this;
    }

    private List<ConfigNode> elements() {
        if (content instanceof Sequence sequence) {
            return sequence.elements();
        }
        throw expected("a list");
    }

    private <T> List<T> values(String key, List<T> byDefault, Function<ConfigNode, T> read) {
        ConfigNode child = child(key, byDefault);
        if (child == null) {
            return byDefault;
        }
        List<T> values = new ArrayList<>();
        for (ConfigNode element : child.elements()) {
            values.add(read.apply(element));
        }
        return Collections.unmodifiableList(values);
    }

    private int asInteger() {
        long value = asLong();
        if (value != (int) value) {
            throw expected("a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
        }
        return (int) value;
    }

    private long asLong() {
        return Quantities.wholeNumber(plain()).orElseThrow(() -> expected("a whole number"));
    }

    private double asDouble() {
        return Quantities.number(plain()).orElseThrow(() -> expected("a number"));
    }

    private boolean asBoolean() {
        return switch (plain()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw expected("true or false");
        };
    }

    private <E extends Enum<E>> E asChoice(Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (kebab(constant).equals(scalarText())) {
                return constant;
            }
        }
        throw expected(names(type));
    }

    private Duration asDuration() {
        return Quantities.duration(scalarText()).orElseThrow(() -> expected(Quantities.DURATION));
    }

    private long asBytes() {
        return Quantities.bytes(scalarText()).orElseThrow(() -> expected(Quantities.BYTES));
    }

    /** The text of an unquoted scalar, else nothing that any type accepts. */
    private String plain() {
        return content instanceof Scalar scalar && scalar.plain() ? scalar.text() : "";
    }

    private String scalarText() {
        return content instanceof Scalar scalar ? scalar.text() : "";
    }

    private static String names(Class<? extends Enum<?>> type) {
        List<String> names = new ArrayList<>();
        for (Enum<?> constant : type.getEnumConstants()) {
            names.add(kebab(constant));
        }
        return "one of " + String.join(", ", names);
    }

    static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    // -- content

    sealed interface Content {
        /** What a complaint says was found. */
        String describe();
    }

    /** Text; {@code plain} when it was not quoted, so that it may also be a number or boolean. */
    record Scalar(String text, boolean plain) implements Content {

        boolean isNothing() {
            return plain
                    && switch (text) {
                        case "", "~", "null", "Null", "NULL" -> true;
                        default -> false;
                    };
        }

        @Override
        public String describe() {
            return isNothing() ? "nothing" : quote(text);
        }
    }

    record Sequence(List<ConfigNode> elements) implements Content {
        Sequence {
            elements = List.copyOf(elements);
        }

        @Override
        public String describe() {
            return "a list";
        }
    }

    record Mapping(Map<String, ConfigNode> children) implements Content {
        Mapping {
            children = Collections.unmodifiableMap(new LinkedHashMap<>(children));
        }

        @Override
        public String describe() {
            return "a map";
        }
    }
}
