package io.millrace.jobs.config;

import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;

/**
 * Which properties of Kafka's clients are secret. Their values stay out of a pipeline file, and so
 * out of all that is made of one: job graphs, checkpoints, reports, logs.
 */
final class KafkaSecrets {

    static final String FORMS =
            "${env:NAME} for an environment variable, ${file:/path:key} for an entry of a"
                    + " properties file, ${directory:/path:file} for a whole file";

    private static final Set<String> KNOWN = new HashSet<>();
    private static final Set<String> SECRET = new HashSet<>();

    static {
        Stream.of(
                        ProducerConfig.configDef(),
                        ConsumerConfig.configDef(),
                        AdminClientConfig.configDef())
                .flatMap(clients -> clients.configKeys().values().stream())
                .forEach(
                        key -> {
                            KNOWN.add(key.name);
                            if (key.type == ConfigDef.Type.PASSWORD) {
                                SECRET.add(key.name);
                            }
                        });
    }

    private static final Pattern SECRET_NAME =
            Pattern.compile(".*(password|passphrase|secret|sasl\\.jaas\\.config).*");

    /** An option of a login module: {@code name=value} or {@code name="value"}. */
    private static final Pattern OPTION =
            Pattern.compile("([\\w.-]+)\\s*=\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|[^\\s;]*)");

    private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");

    private KafkaSecrets() {}

    /** What is wrong with the value of a property, never quoting it; empty when nothing is. */
    static Optional<String> mistake(String key, String value) {
        if (!isSecret(key)) {
            return Optional.empty();
        }
        if (!key.endsWith(SaslConfigs.SASL_JAAS_CONFIG)) {
            return KafkaVariables.isVariable(value)
                    ? Optional.empty()
                    : Optional.of("a secret must not stand in the pipeline file; write " + FORMS);
        }
        if (!KafkaVariables.hasVariable(value)) {
            return Optional.of(
                    "a login must not stand in the pipeline file; write its secrets, or all of it,"
                            + " as "
                            + FORMS);
        }
        if (KafkaVariables.hasVariable(QUOTED.matcher(value).replaceAll(""))
                && !KafkaVariables.isVariable(value)) {
            return Optional.of("a variable within a login must stand in double quotes");
        }
        return literalOption(value)
                .map(
                        option ->
                                "the option "
                                        + option
                                        + " is a secret, which must not stand in the pipeline"
                                        + " file; write "
                                        + option
                                        + "=\"${...}\" with "
                                        + FORMS);
    }

    private static boolean isSecret(String key) {
        return SECRET.contains(key)
                || (!KNOWN.contains(key)
                        && SECRET_NAME.matcher(key.toLowerCase(Locale.ROOT)).matches());
    }

    /** The first secret option of a login module that is not one variable. */
    private static Optional<String> literalOption(String jaas) {
        Matcher options = OPTION.matcher(jaas);
        while (options.find()) {
            String name = options.group(1);
            String value = options.group(2);
            String text =
                    value.startsWith("\"") && value.length() > 1
                            ? value.substring(1, value.length() - 1)
                            : value;
            if (SECRET_NAME.matcher(name.toLowerCase(Locale.ROOT)).matches()
                    && !KafkaVariables.isVariable(text)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }
}
