package io.millrace.model.version;

/**
 * The version files' share, 120,000, of a million inputs; {@code -Dfuzz.inputs} makes it another
 * number.
 */
class VersionFileFuzzITCase extends VersionFileFuzz {

    @Override
    int inputs() {
        return Integer.getInteger("fuzz.inputs", 1_000_000);
    }
}
