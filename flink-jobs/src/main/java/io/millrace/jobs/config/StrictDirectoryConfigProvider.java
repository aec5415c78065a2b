package io.millrace.jobs.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;

/**
 * Kafka's provider of whole files of a directory, for which an absent file is an error; Kafka would
 * leave {@code ${directory:/path:file}} in place and use that as the password. The line break that
 * an editor puts at the end of a file is no part of the value.
 */
public final class StrictDirectoryConfigProvider extends DirectoryConfigProvider {

    @Override
    public ConfigData get(String path, Set<String> keys) {
        for (String key : keys) {
            SecretFiles.requireReadable(Path.of(path, key).toString());
        }
        Map<String, String> values = new HashMap<>();
        super.get(path, keys).data().forEach((key, value) -> values.put(key, chomp(value)));
        for (String key : keys) {
            if (!values.containsKey(key)) {
                throw new ConfigException(
                        "the file " + key + " of the directory " + path + " may not be read");
            }
        }
        return new ConfigData(values);
    }

    private static String chomp(String value) {
        return value.endsWith("\r\n")
                ? value.substring(0, value.length() - 2)
                : value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
    }
}
