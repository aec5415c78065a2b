package io.millrace.jobs.config;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.provider.ConfigProvider;

/** The variables in a pipeline's {@code kafka.properties}, of the form {@code ${provider:name}}. */
final class KafkaVariables {

    private static final Pattern VARIABLE = ConfigTransformer.DEFAULT_PATTERN;

    /** What may stand between the quotes of a JAAS option. */
    private static final Pattern QUOTABLE = Pattern.compile("(?:[^\"\\\\\r\n]|\\\\[\"\\\\])*");

    private final Map<String, String> properties;

    KafkaVariables(Map<String, String> properties) {
        this.properties = properties;
    }

    // -- in a value

    /** Whether the text is one variable and nothing else. */
    static boolean isVariable(String text) {
        return VARIABLE.matcher(text.trim()).matches();
    }

    static boolean hasVariable(String text) {
        return VARIABLE.matcher(text).find();
    }

    /** A provider that a value asks for and nobody defines, if there is one. */
    Optional<String> unknownProvider(String value) {
        Set<String> known = names();
        return VARIABLE.matcher(value)
                .results()
                .map(KafkaVariables::provider)
                .filter(name -> !known.contains(name))
                .findFirst();
    }

    // -- where values come from

    /**
     * The properties that make Kafka's clients fill in the variables, if there are any. Providers
     * that the pipeline file defines come first, and instead of ours where the names are the same.
     */
    Map<String, String> providerProperties() {
        if (properties.values().stream().noneMatch(KafkaVariables::hasVariable)) {
            return Map.of();
        }
        Map<String, String> added = new HashMap<>();
        ours().forEach(
                        (name, provider) ->
                                added.put(
                                        AbstractConfig.CONFIG_PROVIDERS_CONFIG
                                                + "."
                                                + name
                                                + ".class",
                                        provider.getClass().getName()));
        added.put(AbstractConfig.CONFIG_PROVIDERS_CONFIG, String.join(",", names()));
        return added;
    }

    /**
     * Fills in all variables of our providers, and forgets what they stand for.
     *
     * @throws IllegalArgumentException naming the property when something is not there, or cannot
     *     stand where it is wanted
     */
    void requirePresent() {
        Map<String, ConfigProvider> ours = ours();
        ours.forEach((name, provider) -> provider.configure(parameters(name)));
        ConfigTransformer transformer = new ConfigTransformer(ours);
        properties.forEach(
                (key, value) ->
                        VARIABLE.matcher(value)
                                .results()
                                .filter(variable -> ours.containsKey(provider(variable)))
                                .map(MatchResult::group)
                                .forEach(
                                        variable ->
                                                requireFits(
                                                        key,
                                                        value,
                                                        variable,
                                                        filled(transformer, key, variable))));
    }

    private static String filled(ConfigTransformer transformer, String key, String variable) {
        try {
            return transformer.transform(Map.of(key, variable)).data().getOrDefault(key, "");
        } catch (ConfigException e) {
            throw new IllegalArgumentException(
                    "kafka.properties." + key + ", " + variable + ": " + e.getMessage());
        }
    }

    /**
     * A value that breaks out of its quotes would be cut short, or told of in Kafka's complaint.
     */
    private static void requireFits(String key, String value, String variable, String filled) {
        if (key.endsWith(SaslConfigs.SASL_JAAS_CONFIG)
                && !isVariable(value)
                && !QUOTABLE.matcher(filled).matches()) {
            throw new IllegalArgumentException(
                    "kafka.properties."
                            + key
                            + ", "
                            + variable
                            + ": the value has a quote, a backslash or a line break, which cannot"
                            + " stand within quotes; in the value, put a backslash before each"
                            + " quote and each backslash, and leave out line breaks");
        }
    }

    private Map<String, String> parameters(String provider) {
        String prefix = AbstractConfig.CONFIG_PROVIDERS_CONFIG + "." + provider + ".param.";
        Map<String, String> parameters = new HashMap<>();
        properties.forEach(
                (key, value) -> {
                    if (key.startsWith(prefix)) {
                        parameters.put(key.substring(prefix.length()), value);
                    }
                });
        return parameters;
    }

    /** The names of all providers that are defined. */
    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>(theirs());
        names.addAll(ours().keySet());
        return names;
    }

    private List<String> theirs() {
        String names = properties.getOrDefault(AbstractConfig.CONFIG_PROVIDERS_CONFIG, "");
        return Arrays.stream(names.split(","))
                .map(String::trim)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private Map<String, ConfigProvider> ours() {
        Map<String, ConfigProvider> ours = new LinkedHashMap<>();
        ours.put("env", new StrictEnvVarConfigProvider());
        ours.put("file", new StrictFileConfigProvider());
        ours.put("directory", new StrictDirectoryConfigProvider());
        ours.keySet().removeAll(theirs());
        return ours;
    }

    private static String provider(MatchResult variable) {
        return variable.group(1);
    }
}
