package io.millrace.jobs;

/** The files' share, 120,000, of a million inputs; {@code -Dfuzz.inputs} makes it another. */
class PipelineFileFuzzITCase extends PipelineFileFuzz {

    @Override
    int inputs() {
        return Integer.getInteger("fuzz.inputs", 1_000_000);
    }
}
