package io.millrace.jobs.config;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.config.ConfigException;

/** Files that hold secrets. */
final class SecretFiles {

    private SecretFiles() {}

    /**
     * Fails when there is no such file, or when it is not for this user's eyes.
     *
     * @throws ConfigException that names the file
     */
    static void requireReadable(String file) {
        Path path = Path.of(file);
        if (!Files.isRegularFile(path)) {
            throw new ConfigException(
                    "there is no file " + file + " in this process's file system");
        }
        if (!Files.isReadable(path)) {
            throw new ConfigException("the file " + file + " cannot be read by this user");
        }
    }
}
