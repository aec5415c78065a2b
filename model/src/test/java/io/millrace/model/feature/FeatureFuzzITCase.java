package io.millrace.model.feature;

/** The features' share, 120,000, of a million inputs; {@code -Dfuzz.inputs} makes it another. */
class FeatureFuzzITCase extends FeatureFuzz {

    @Override
    int inputs() {
        return Integer.getInteger("fuzz.inputs", 1_000_000);
    }
}
