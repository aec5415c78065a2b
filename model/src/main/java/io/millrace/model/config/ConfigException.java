package io.millrace.model.config;

/** A mistake in a configuration file: its message names file, line, path and what was expected. */
public final class ConfigException extends RuntimeException {

    public ConfigException(String message) {
        super(message);
    }
}
