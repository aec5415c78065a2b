package io.millrace.model.version;

/** A tenth of {@link VersionFileFuzzITCase}. */
class VersionFileFuzzTest extends VersionFileFuzz {

    @Override
    int inputs() {
        return 100_000;
    }
}
