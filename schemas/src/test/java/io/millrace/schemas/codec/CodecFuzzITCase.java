package io.millrace.schemas.codec;

/**
 * The codecs' share, 640,000, of a million inputs; {@code -Dfuzz.inputs} makes it another number.
 */
class CodecFuzzITCase extends CodecFuzz {

    @Override
    int inputs() {
        return Integer.getInteger("fuzz.inputs", 1_000_000);
    }
}
