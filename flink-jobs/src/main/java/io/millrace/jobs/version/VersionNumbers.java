package io.millrace.jobs.version;

import java.io.Serializable;

/**
 * Numbers versions by their checkpoints: version = {@code base} + checkpoint id. A job that starts
 * on a model which already has versions takes the newest one as base, so numbers only ever rise.
 */
public record VersionNumbers(long base) implements Serializable {

    public long of(long checkpointId) {
        return base + checkpointId;
    }
}
