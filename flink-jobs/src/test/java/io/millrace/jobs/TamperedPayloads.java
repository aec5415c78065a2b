package io.millrace.jobs;

import java.util.Arrays;
import java.util.Random;

/** Payloads that have been tampered with, from a seed; some can still be read. */
public final class TamperedPayloads {

    private final Random random;

    public TamperedPayloads(long seed) {
        random = new Random(seed);
    }

    /** Bytes that differ from these, or null, which Kafka has for a record without a value. */
    public byte[] of(byte[] valid) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(4) == 0 ? null : new byte[0];
            case 1 -> noise();
            case 2 -> Arrays.copyOf(valid, random.nextInt(valid.length));
            case 3 -> Arrays.copyOf(valid, valid.length + 1 + random.nextInt(9));
            case 4 -> flipped(valid, 0);
            default -> flipped(valid, Math.min(10, valid.length - 1));
        };
    }

    private byte[] noise() {
        byte[] noise = new byte[1 + random.nextInt(200)];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] flipped(byte[] valid, int from) {
        byte[] bytes = valid.clone();
        for (int flips = 1 + random.nextInt(2); flips > 0; flips--) {
            bytes[from + random.nextInt(valid.length - from)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }
}
