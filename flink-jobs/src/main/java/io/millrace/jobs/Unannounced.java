package io.millrace.jobs;

import io.millrace.jobs.version.VersionAnnouncer;
import io.millrace.model.version.Manifest;

/** Tells nobody. */
final class Unannounced implements VersionAnnouncer {

    @Override
    public void announce(Manifest manifest) {}

    @Override
    public void close() {}
}
