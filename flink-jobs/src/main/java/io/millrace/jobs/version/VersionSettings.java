package io.millrace.jobs.version;

import io.millrace.model.ModelSpec;
import java.io.Serializable;

/**
 * What the version sink needs to know.
 *
 * @param baseEvery a base is compacted at every so many versions
 * @param retain how many of the newest versions are kept
 */
public record VersionSettings(ModelSpec spec, VersionDirectory directory, int baseEvery, int retain)
        implements Serializable {}
