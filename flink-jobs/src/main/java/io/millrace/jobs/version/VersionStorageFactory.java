package io.millrace.jobs.version;

import io.millrace.model.version.VersionStorage;
import java.io.Serializable;

/** Opens the version storage where an operator runs. */
@FunctionalInterface
public interface VersionStorageFactory extends Serializable {

    VersionStorage open();
}
