package io.millrace.jobs.backtest;

import io.millrace.jobs.label.ExampleRecipe;
import io.millrace.model.ModelSpec;
import io.millrace.model.example.Example;
import io.millrace.model.feature.FeatureExtractor;
import io.millrace.model.feature.InvalidEventException;
import io.millrace.model.stream.KeyGroups;
import io.millrace.model.stream.StreamKeys;
import io.millrace.model.stream.StreamSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The examples of several models. A model that cannot use an event has none of it, and the event a
 * problem; it is in the stream all the same, so that a stream does not depend on its models.
 *
 * @param specs the pipelines' models, in their order
 * @param streams what each of them wants to know of rows
 * @param sliceFields fields whose values are kept
 */
record BacktestExamples(List<ModelSpec> specs, List<StreamSpec> streams, List<String> sliceFields)
        implements ExampleRecipe<BacktestExample> {

    private static final long serialVersionUID = 1L;

    /** Groups are for people to read; a longer text is no group. */
    private static final int LONGEST_VALUE = 256;

    @Override
    public ExampleRecipe.Opened<BacktestExample> open() {
        List<FeatureExtractor> extractors = specs.stream().map(FeatureExtractor::new).toList();
        List<KeyGroups> groups = streams.stream().map(KeyGroups::of).toList();
        Digest digest = new Digest();
        return (user, item, features, timestamp) -> {
            @Nullable Example[] examples = new Example[extractors.size()];
            List<BacktestExample.Problem> problems = new ArrayList<>(0);
            StreamKeys keys = StreamKeys.NONE;
            for (int i = 0; i < examples.length; i++) {
                try {
                    examples[i] =
                            extractors.get(i).extract(user, item, features, Map.of(), timestamp);
                    keys = both(keys, groups.get(i).keys(user, item, features));
                } catch (InvalidEventException e) {
                    examples[i] = null;
                    problems.add(new BacktestExample.Problem(i, String.valueOf(e.getMessage())));
                }
            }
            return new BacktestExample(
                    0,
                    digest.of(contents(user, item, features)),
                    digest.of(user),
                    slices(user, item, features),
                    examples,
                    0,
                    1,
                    timestamp,
                    problems,
                    keys);
        };
    }

    /** Those of a group are the same, whichever model asks for them. */
    private static StreamKeys both(StreamKeys some, StreamKeys others) {
        if (others.equals(StreamKeys.NONE)) {
            return some;
        }
        Map<String, List<String>> keys = new TreeMap<>(some.keys());
        keys.putAll(others.keys());
        Map<String, List<String>> recorded = new TreeMap<>(some.recorded());
        recorded.putAll(others.recorded());
        return new StreamKeys(keys, recorded);
    }

    private List<String> slices(String user, String item, Map<String, Object> features) {
        List<String> values = new ArrayList<>(sliceFields.size());
        for (String field : sliceFields) {
            String value =
                    switch (field) {
                        case "user" -> user;
                        case "item" -> item;
                        default -> text(features.get(field));
                    };
            values.add(
                    value.length() <= LONGEST_VALUE
                            ? value
                            : value.substring(0, LONGEST_VALUE) + "…");
        }
        return values;
    }

    /** What an event says, whatever order its features were written in. */
    static String contents(String user, String item, Map<String, Object> features) {
        StringBuilder contents = new StringBuilder();
        append(user, contents);
        append(item, contents);
        new TreeMap<>(features)
                .forEach(
                        (field, value) -> {
                            append(field, contents);
                            append(String.valueOf(value), contents);
                        });
        return contents.toString();
    }

    /** With its length before it, so that no two lists of texts come to the same. */
    private static void append(String text, StringBuilder to) {
        to.append(text.length()).append(':').append(text);
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        return value instanceof List<?> texts
                ? texts.stream().map(String::valueOf).collect(Collectors.joining(", "))
                : value.toString();
    }
}
