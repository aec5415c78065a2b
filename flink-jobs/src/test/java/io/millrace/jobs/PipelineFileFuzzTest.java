package io.millrace.jobs;

/** A tenth of {@link PipelineFileFuzzITCase}. */
class PipelineFileFuzzTest extends PipelineFileFuzz {

    @Override
    int inputs() {
        return 100_000;
    }
}
