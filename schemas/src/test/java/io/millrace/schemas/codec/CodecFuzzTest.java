package io.millrace.schemas.codec;

/** A tenth of {@link CodecFuzzITCase}. */
class CodecFuzzTest extends CodecFuzz {

    @Override
    int inputs() {
        return 100_000;
    }
}
