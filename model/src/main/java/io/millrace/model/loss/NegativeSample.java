package io.millrace.model.loss;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * Which negatives are learned: those whose impression's id has a hash below the rate. The hash is
 * the first half of MurmurHash3 x64 128 of the id's UTF-8 with seed 0, and its upper 53 bits are
 * the digits of a number in [0, 1). So a replay, another job and any other program agree on the
 * sample, and a higher rate only adds to it.
 *
 * @param rate in (0, 1]
 */
public record NegativeSample(double rate) implements Serializable {

    private static final int DIGITS = 53;

    public boolean contains(String impressionId) {
        if (rate >= 1) {
            return true;
        }
        byte[] bytes = impressionId.getBytes(StandardCharsets.UTF_8);
        long hash = MurmurHash3.hash128x64(bytes)[0];
        return (hash >>> (Long.SIZE - DIGITS)) * 0x1p-53 < rate;
    }
}
