package io.millrace.jobs.version;

import io.millrace.model.ModelSpec;
import java.io.Serializable;

/**
 * What the version committer needs to know.
 *
 * @param shards whose parts make a version
 * @param baseEvery a base is compacted at every so many versions
 * @param retain how many of the newest versions are kept
 */
public record VersionSettings(
        ModelSpec spec, VersionStorageFactory directory, int shards, int baseEvery, int retain)
        implements Serializable {}
