package io.millrace.model.feature;

/** A tenth of {@link FeatureFuzzITCase}. */
class FeatureFuzzTest extends FeatureFuzz {

    @Override
    int inputs() {
        return 100_000;
    }
}
