package io.millrace.jobs.config;

import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;

/**
 * Kafka's provider of environment variables, for which one that is not set is an error; Kafka would
 * leave {@code ${env:NAME}} in place and use that as the password.
 */
public final class StrictEnvVarConfigProvider extends EnvVarConfigProvider {

    @Override
    public ConfigData get(String path, Set<String> keys) {
        ConfigData found = super.get(path, keys);
        for (String key : keys) {
            if (!found.data().containsKey(key)) {
                throw new ConfigException(
                        "the environment variable " + key + " is not set in this process");
            }
        }
        return found;
    }
}
