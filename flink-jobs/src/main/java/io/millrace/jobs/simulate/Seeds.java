package io.millrace.jobs.simulate;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Independent random streams of one seed, by name. */
final class Seeds {

    private Seeds() {}

    static RandomGenerator generator(long seed, String stream) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + stream.hashCode());
    }
}
