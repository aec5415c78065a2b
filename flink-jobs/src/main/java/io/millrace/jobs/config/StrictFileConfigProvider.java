package io.millrace.jobs.config;

import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Kafka's provider of the entries of properties files, for which an absent file or entry is an
 * error; Kafka would leave {@code ${file:/path:key}} in place and use that as the password.
 */
public final class StrictFileConfigProvider extends FileConfigProvider {

    @Override
    public ConfigData get(String path, Set<String> keys) {
        SecretFiles.requireReadable(path);
        ConfigData found = super.get(path, keys);
        for (String key : keys) {
            if (!found.data().containsKey(key)) {
                throw new ConfigException(
                        "the file " + path + " has no entry " + key + ", or may not be read");
            }
        }
        return found;
    }
}
